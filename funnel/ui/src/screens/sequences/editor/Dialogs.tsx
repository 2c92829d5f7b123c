/** The small dialogs of the editor. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ApiError, ok } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { TextField } from "../../../components/Field.tsx";
import { useWords } from "../../../lib/language.ts";
import { type Json, type SequenceDocument, type Step, armsOf, readDocument } from "../../../lib/sequence/document.ts";
import { armTitle } from "../../../lib/sequence/titles.ts";
import { walk } from "../../../lib/sequence/tree.ts";
import { sequencesKey } from "../queries.ts";
import { JsonField } from "../../../components/JsonField.tsx";

export function DeleteBranch({
  step,
  onClose,
  onAll,
  onKeep,
}: {
  step: Step;
  onClose: () => void;
  onAll: () => void;
  onKeep: (arm: number) => void;
}) {
  const t = useWords();
  return (
    <Dialog open onClose={onClose} title={t("seq.deleteBranch")} role="alertdialog">
      <p className="mt-2 text-mute">{t("seq.deleteBranchText", { n: [...walk([step])].length - 1 })}</p>
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button autoFocus onPress={onClose}>
          {t("common.cancel")}
        </Button>
        {armsOf(step)
          .filter((arm) => arm.steps.length)
          .map((arm) => (
            <Button key={arm.index} onPress={() => onKeep(arm.index)}>
              {t("seq.keepPath", { name: armTitle(step, arm.index, t) })}
            </Button>
          ))}
        <Button tone="danger" onPress={onAll}>
          {t("seq.deleteAll")}
        </Button>
      </div>
    </Dialog>
  );
}

const KEYS = [
  ["↑ ↓ ← →", "arrows"],
  ["Enter", "open"],
  ["A", "add"],
  ["Alt ↑  Alt ↓", "move"],
  ["Ctrl C  X  V  D", "clip"],
  ["Del", "delete"],
  ["Ctrl Z  Shift Ctrl Z", "undo"],
  ["Esc", "close"],
] as const;

export function Keys({ onClose }: { onClose: () => void }) {
  const t = useWords();
  return (
    <Dialog open onClose={onClose} title={t("seq.keys")}>
      <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-2">
        {KEYS.map(([keys, what]) => (
          <div key={what} className="contents">
            <dt>
              <kbd className="rounded border border-line px-1.5 text-xs whitespace-nowrap">{keys}</kbd>
            </dt>
            <dd>{t(`seq.key.${what}`)}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-4 flex justify-end">
        <Button autoFocus onPress={onClose}>
          {t("common.close")}
        </Button>
      </div>
    </Dialog>
  );
}

export function AsJson({
  document,
  onUse,
  onClose,
}: {
  document: SequenceDocument;
  onUse: (document: Json) => void;
  onClose: () => void;
}) {
  const t = useWords();
  return (
    <Dialog open wide onClose={onClose} title={t("seq.asJson")}>
      <div className="mt-3">
        <JsonField
          label={t("seq.json")}
          value={document as Json}
          lines={20}
          check={(value) => (readDocument(value) ? undefined : t("seq.jsonDrawable"))}
          onUse={onUse}
        />
      </div>
    </Dialog>
  );
}

export function Duplicate({
  sequence,
  name,
  onClose,
  onDone,
}: {
  sequence: string;
  name: string;
  onClose: () => void;
  onDone: (key: string) => void;
}) {
  const t = useWords();
  const client = useQueryClient();
  const [key, setKey] = useState(`${sequence.slice(0, 59)}-copy`);
  const [called, setCalled] = useState(t("seqs.copyOf", { name }));
  const [wrong, setWrong] = useState("");
  const copy = useMutation({
    meta: { quiet: true },
    mutationFn: () =>
      ok(
        api.POST("/api/v1/sequences/{key}/duplicate", {
          params: { path: { key: sequence } },
          body: { key, name: called },
        }),
      ),
    onError: (error) =>
      setWrong(
        error instanceof ApiError && error.code === "taken"
          ? t("seqs.taken")
          : error instanceof ApiError
            ? (Object.values(error.errors)[0]?.[0] ?? error.message)
            : error.message,
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sequencesKey });
      onDone(key);
    },
  });
  return (
    <Dialog open onClose={onClose} title={t("seqs.duplicateTitle", { name })}>
      <form
        className="mt-3 space-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          copy.mutate();
        }}
      >
        <TextField label={t("seqs.name")} value={called} onChange={setCalled} />
        <TextField
          label={t("seqs.key")}
          hint={t("seqs.keyHint")}
          value={key}
          error={wrong}
          onChange={(next) => {
            setKey(next);
            setWrong("");
          }}
        />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button tone="primary" type="submit" isDisabled={copy.isPending}>
            {t("seqs.duplicate")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
