/** How long data is kept: the policy, a look at what would go, and the yes without which nothing goes. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { TextField } from "../../../components/Field.tsx";
import { Card } from "../../../components/Page.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { exact } from "../../../lib/dates.ts";
import { useLocale, useWords } from "../../../lib/language.ts";
import { useMay } from "../../../lib/may.ts";
import { RetentionPreview } from "./RetentionPreview.tsx";
import "../../../words/privacy.ts";

type Policy = Schemas["RetentionOut"];
const DURATIONS = [
  ["leads_months", "retention.leads"],
  ["unconfirmed_days", "retention.unconfirmed"],
  ["spam_days", "retention.spam"],
  ["audit_months", "retention.audit"],
] as const;
type Duration = (typeof DURATIONS)[number][0];

export function Retention({ policy }: { policy: Policy }) {
  const t = useWords();
  const locale = useLocale();
  const client = useQueryClient();
  const may = useMay()("privacy:write");
  const [typed, type] = useState<Record<Duration, string>>(() => written(policy));
  const [stages, setStages] = useState(policy.except_stages.join(", "));
  const saving = useMutation({
    mutationFn: () =>
      ok(
        api.PUT("/api/v1/privacy/retention", {
          body: {
            leads_months: read(typed.leads_months),
            unconfirmed_days: read(typed.unconfirmed_days),
            spam_days: read(typed.spam_days),
            audit_months: read(typed.audit_months),
            except_stages: stages.split(",").flatMap((one) => one.trim() || []),
          },
        }),
      ),
    onSuccess: (saved) => {
      toast(t("retention.saved"));
      client.setQueryData(["retention"], saved);
    },
  });
  const errors = saving.error instanceof ApiError ? saving.error.errors : {};
  const sane = Object.values(typed).every((text) => /^([1-9]\d*)?$/.test(text.trim()));
  const changed =
    stages !== policy.except_stages.join(", ") || DURATIONS.some(([key]) => typed[key] !== written(policy)[key]);
  return (
    <Card title={t("retention.title")}>
      <p className="mb-3 max-w-3xl text-sm text-mute">{t("retention.text")}</p>
      <form
        className="grid grid-cols-1 gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
          {DURATIONS.map(([key, label]) => (
            <TextField
              key={key}
              label={t(label)}
              value={typed[key]}
              onChange={(text) => type({ ...typed, [key]: text })}
              isDisabled={!may}
              inputMode="numeric"
              error={errors[key]?.join(" ") ?? (/^([1-9]\d*)?$/.test(typed[key].trim()) ? "" : t("retention.number"))}
            />
          ))}
          <TextField
            label={t("retention.except")}
            hint={t("retention.exceptHint")}
            value={stages}
            onChange={setStages}
            isDisabled={!may}
            error={errors.except_stages?.join(" ")}
          />
        </div>
        {saving.error && !(saving.error instanceof ApiError && saving.error.status === 422) && (
          <ErrorBox error={saving.error} />
        )}
        {may && (
          <div>
            <Button type="submit" isDisabled={!changed || !sane || saving.isPending}>
              {t("retention.save")}
            </Button>
          </div>
        )}
      </form>
      <p className="mt-4 font-medium">
        {policy.confirmed_at
          ? t("retention.confirmedState", { at: exact(policy.confirmed_at, locale) })
          : t("retention.unconfirmedState")}
      </p>
      <RetentionPreview policy={policy} changed={changed} />
    </Card>
  );
}

function written(policy: Policy): Record<Duration, string> {
  const text = (key: Duration) => (policy[key] === null ? "" : String(policy[key]));
  return {
    leads_months: text("leads_months"),
    unconfirmed_days: text("unconfirmed_days"),
    spam_days: text("spam_days"),
    audit_months: text("audit_months"),
  };
}

/** Empty is for ever. */
function read(text: string): number | null {
  return text.trim() ? Number(text) : null;
}
