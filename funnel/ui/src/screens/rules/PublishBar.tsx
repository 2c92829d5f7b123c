/** Which version counts, what is wrong in the changes, trying them, and making them count. */
import { useState } from "react";
import { ApiError } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Confirm } from "../../components/Dialog.tsx";
import { Moment } from "../../components/Moment.tsx";
import { ErrorBox } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import type { Kind } from "../../lib/rules.ts";
import type { Rules } from "./useRules.ts";
import { WhatIf } from "./WhatIf.tsx";

export function PublishBar({ kind, rules }: { kind: Kind; rules: Rules }) {
  const t = useWords();
  const may = useMay();
  const [asking, ask] = useState(false);
  const { published, checked, tried, publishing, dirty } = rules;
  const told = checked.data;
  const wrong = Boolean(told && told.problems.length > 0);
  const meaning = t(kind === "scoring" ? "rules.publishScoring" : "rules.publishLadder");
  return (
    <div className="grid grid-cols-1 gap-3 rounded-lg border border-line bg-card p-4">
      <div className="flex flex-wrap items-center gap-2">
        {published.data && (
          <p className="mr-auto text-mute">
            {t("rules.version", { n: published.data.number })} · {published.data.published_by ?? t("rules.first")} ·{" "}
            <Moment at={published.data.published_at} />
          </p>
        )}
        {dirty && <Button onPress={rules.discard}>{t("rules.reset")}</Button>}
        <Button isDisabled={!dirty || wrong || tried.isPending} onPress={() => tried.mutate()}>
          {t("rules.try")}
        </Button>
        {may("rules:write") && (
          <Button tone="primary" isDisabled={!dirty || wrong || publishing.isPending} onPress={() => ask(true)}>
            {t("rules.publish")}
          </Button>
        )}
      </div>
      {!may("rules:write") && <p className="text-mute">{t("rules.readOnly")}</p>}
      {wrong && (
        <p role="status" className="text-bad">
          {t("rules.problems")}: {told?.problems.map((one) => one.path || "–").join(", ")}
        </p>
      )}
      {!wrong && told && told.warnings.length > 0 && (
        <p role="status" className="text-warn">
          {t("rules.warnings")}: {told.warnings.map((one) => one.path).join(", ")}
        </p>
      )}
      {tried.error && <ErrorBox error={tried.error} />}
      {publishing.error && (
        <ErrorBox error={isStale(publishing.error) ? new Error(t("rules.stale")) : publishing.error} />
      )}
      {tried.data && <WhatIf found={tried.data} />}
      <Confirm
        open={asking}
        onClose={() => ask(false)}
        title={t("rules.publish")}
        action={t("rules.publish")}
        tone="primary"
        onYes={() => publishing.mutate()}
      >
        {meaning}
      </Confirm>
    </div>
  );
}

const isStale = (error: unknown) => error instanceof ApiError && error.status === 412;
