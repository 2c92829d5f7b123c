/** What publishing would do, as the service says; then publish. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { ErrorBox, Loaded } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";
import type { Step } from "../../../lib/sequence/document.ts";
import { titleOf } from "../../../lib/sequence/titles.ts";
import { find } from "../../../lib/sequence/tree.ts";
import { askAgain, sequenceKey } from "../queries.ts";
import { ChangeList } from "./ChangeList.tsx";
import type { Problem } from "./types.ts";

type Preview = Schemas["PreviewOut"];

export function PublishDialog({
  sequence,
  live,
  steps,
  onClose,
  onDone,
}: {
  sequence: string;
  live: number | null;
  steps: readonly Step[];
  onClose: () => void;
  onDone: () => void;
}) {
  const t = useWords();
  const client = useQueryClient();
  const path = { params: { path: { key: sequence } } };
  const preview = useQuery({
    queryKey: [...sequenceKey(sequence), "preview"],
    queryFn: () => ok(api.GET("/api/v1/sequences/{key}/publish-preview", path)),
    gcTime: 0,
    staleTime: 0,
  });
  const [error, setError] = useState<unknown>(null);
  const publish = useMutation({
    meta: { quiet: true },
    mutationFn: () => ok(api.POST("/api/v1/sequences/{key}/publish", path)),
    onError: setError,
    onSuccess: async ({ number, status }) => {
      toast(t(status === "paused" ? "seq.publishedPaused" : "seq.published", { n: number }));
      await askAgain(client, sequence);
      onDone();
    },
  });
  const blocked =
    !preview.data || preview.data.number === live || preview.data.problems.some((problem) => problem.level === "error");
  return (
    <Dialog open wide onClose={onClose} title={t("seq.pub.title")}>
      <div className="mt-3 space-y-4">
        <Loaded query={preview}>{(data) => <Told preview={data} live={live} steps={steps} />}</Loaded>
        {error !== null && <ErrorBox error={error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button tone="primary" isDisabled={blocked || publish.isPending} onPress={() => publish.mutate()}>
            {t("seq.publish")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Told({ preview, live, steps }: { preview: Preview; live: number | null; steps: readonly Step[] }) {
  const t = useWords();
  const same = live === preview.number;
  return (
    <>
      <ProblemList title={t("seq.pub.mend")} problems={preview.problems.filter((one) => one.level === "error")} />
      <ProblemList title={t("seq.pub.know")} problems={preview.problems.filter((one) => one.level === "warning")} />
      {live === null ? (
        <p>{t("seq.pub.first")}</p>
      ) : same ? (
        <p>{t("seq.pub.nothing")}</p>
      ) : (
        <section className="space-y-2">
          <h3 className="font-semibold">{t("seq.pub.changes", { n: live, next: preview.number })}</h3>
          <ChangeList changes={preview.changes} />
        </section>
      )}
      {live !== null && <Inside preview={preview} steps={steps} />}
    </>
  );
}

function Inside({ preview, steps }: { preview: Preview; steps: readonly Step[] }) {
  const t = useWords();
  const n = preview.inside.reduce((sum, one) => sum + one.here, 0);
  if (!n) return <p>{t("seq.pub.nobody")}</p>;
  const name = (id: string | null) => {
    if (id === null) return t("seq.pub.atStart");
    const step = find(steps, id);
    return step ? titleOf(step, t) : id;
  };
  return (
    <section className="space-y-2">
      <p>{t(preview.complete ? "seq.pub.inside" : "seq.pub.over", { n })}</p>
      <details>
        <summary className="min-h-6 cursor-pointer font-medium">{t("seq.pub.where")}</summary>
        <ul className="mt-1 list-disc pl-5">
          {preview.inside.map((one) => (
            <li key={`${one.version} ${one.step}`}>
              {t("seq.pub.at", { version: one.version, step: name(one.step), n: one.here })}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function ProblemList({ title, problems }: { title: string; problems: readonly Problem[] }) {
  if (!problems.length) return null;
  return (
    <section>
      <h3 className="font-semibold">{title}</h3>
      <ul className="mt-1 list-disc pl-5">
        {problems.map((one) => (
          <li key={one.path + one.message}>{one.message}</li>
        ))}
      </ul>
    </section>
  );
}
