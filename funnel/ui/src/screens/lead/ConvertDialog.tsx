/** A person records that this lead reached a goal. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { Select, TextField } from "../../components/Field.tsx";
import { ErrorBox, Loaded } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";
import { told } from "../settings/goals/GoalDialog.tsx";

export function ConvertDialog({ id, onClose }: { id: number; onClose: () => void }) {
  const t = useWords();
  const goals = useQuery({ queryKey: ["goals"], queryFn: () => ok(api.GET("/api/v1/goals")) });
  return (
    <Dialog open onClose={onClose} title={t("conversions.add")}>
      <Loaded query={goals}>
        {({ items }) =>
          items[0] ? (
            <Wish id={id} goals={items} first={items[0].key} onClose={onClose} />
          ) : (
            <p className="mt-3">{t("conversions.noGoal")}</p>
          )
        }
      </Loaded>
    </Dialog>
  );
}

function Wish({
  id,
  goals,
  first,
  onClose,
}: {
  id: number;
  goals: readonly { key: string; name: string }[];
  first: string;
  onClose: () => void;
}) {
  const t = useWords();
  const client = useQueryClient();
  const [goal, setGoal] = useState(first);
  const [value, setValue] = useState("");
  const [currency, setCurrency] = useState("");
  // Pressed twice, or sent again after a lost answer, it is one conversion.
  const [key] = useState(() => crypto.getRandomValues(new Uint32Array(4)).join("-"));
  const telling = useMutation({
    mutationFn: () =>
      ok(api.POST("/api/v1/conversions", { body: { goal, lead_id: id, key, ...told(value, currency) } })),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ["lead", id] });
    },
  });
  const errors = telling.error instanceof ApiError ? telling.error.errors : {};
  return (
    <form
      noValidate
      className="mt-3 grid grid-cols-1 gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        telling.mutate();
      }}
    >
      <Select
        label={t("conversions.goal")}
        value={goal}
        onChange={setGoal}
        choices={goals.map((one) => ({ value: one.key, label: one.name }))}
      />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label={t("goals.value")}
          hint={t("conversions.valueHint")}
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
      {telling.error && <ErrorBox error={telling.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button tone="primary" type="submit" isDisabled={telling.isPending}>
          {t("conversions.do")}
        </Button>
      </div>
    </form>
  );
}
