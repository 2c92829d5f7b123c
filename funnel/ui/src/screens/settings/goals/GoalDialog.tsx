/** One goal, made or changed: its key never changes, since programs and sequences name it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { Select, TextField } from "../../../components/Field.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { stage as nameOf } from "../../../lib/facts.ts";
import { useWords } from "../../../lib/language.ts";

type Goal = Schemas["GoalOut"];
type Change = Schemas["GoalChangeIn"];

export function GoalDialog({ goal, onClose }: { goal: Goal | undefined; onClose: () => void }) {
  const t = useWords();
  const client = useQueryClient();
  const [key, setKey] = useState(goal?.key ?? "");
  const [name, setName] = useState(goal?.name ?? "");
  const [stage, setStage] = useState(goal?.stage ?? "");
  const [value, setValue] = useState(goal?.value ?? "");
  const [currency, setCurrency] = useState(goal?.currency ?? "");
  const ladder = useQuery({ queryKey: ["stages"], queryFn: () => ok(api.GET("/api/v1/stages")) });
  const saving = useMutation({
    mutationFn: () => save(goal, key, { name, stage: stage || null, ...told(value, currency) }),
    onSuccess: (saved) => {
      toast(t("goals.saved", { name: saved.name }));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["goals"] }),
  });
  const errors = saving.error instanceof ApiError ? saving.error.errors : {};
  const stages = ladder.data?.items ?? [];
  return (
    <Dialog open onClose={onClose} title={t(goal ? "goals.edit" : "goals.new")}>
      <form
        noValidate
        className="mt-3 grid grid-cols-1 gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <TextField label={t("goals.name")} value={name} onChange={setName} autoFocus error={errors.name?.join(" ")} />
        {!goal && (
          <TextField
            label={t("goals.key")}
            hint={t("goals.keyHint")}
            value={key}
            onChange={setKey}
            error={errors.key?.join(" ")}
          />
        )}
        <Select
          label={t("goals.stage")}
          hint={t("goals.stageHint")}
          value={stage}
          onChange={setStage}
          error={errors.stage?.join(" ")}
          choices={[
            { value: "", label: t("goals.noStage") },
            ...stages.map((one) => ({ value: one.key, label: nameOf(one.key, t) })),
          ]}
        />
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label={t("goals.value")}
            hint={t("goals.valueHint")}
            value={value}
            onChange={setValue}
            error={errors.value?.join(" ")}
            inputMode="decimal"
          />
          <TextField
            label={t("goals.currency")}
            hint={t("goals.currencyHint")}
            value={currency}
            onChange={setCurrency}
            error={errors.currency?.join(" ")}
          />
        </div>
        {saving.error && <ErrorBox error={saving.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button tone="primary" type="submit" isDisabled={!name.trim() || saving.isPending}>
            {t("goals.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What a form says of money: nothing where nothing was typed; a comma is a point. */
export function told(value: string, currency: string): { value: string | null; currency: Change["currency"] } {
  const code = currency.trim().toUpperCase();
  return { value: value.trim().replace(",", ".") || null, currency: (code || null) as Change["currency"] };
}

function save(goal: Goal | undefined, key: string, body: Change): Promise<Goal> {
  if (!goal) return ok(api.POST("/api/v1/goals", { body: { ...body, key: key.trim() } }));
  const headers = { "If-Match": `"${goal.revision}"` };
  return ok(api.PUT("/api/v1/goals/{key}", { params: { path: { key: goal.key } }, headers, body }));
}
