/** The last question before a person is forgotten: its number must be typed, since nobody can undo this. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { Checkbox, Select, TextField } from "../../components/Field.tsx";
import { ErrorBox } from "../../components/States.tsx";
import { toast } from "../../components/Toast.tsx";
import { useWords } from "../../lib/language.ts";
import "../../words/privacy.ts";

type Reason = Schemas["EraseLeadIn"]["reason"];
const REASONS: readonly Reason[] = ["asked", "objection", "mistake", "test"];

export function EraseDialog({ id, onClose }: { id: number; onClose: () => void }) {
  const t = useWords();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState<Reason>("asked");
  const [suppress, setSuppress] = useState(true);
  const erasing = useMutation({
    mutationFn: () =>
      ok(
        api.POST("/api/v1/leads/{lead_id}/erase", {
          params: { path: { lead_id: id } },
          body: { confirm: id, reason, suppress },
        }),
      ),
    onSuccess: async () => {
      toast(t("erase.done"));
      await navigate({ to: "/leads" });
      client.removeQueries({ queryKey: ["lead", id] });
      await client.invalidateQueries();
    },
  });
  return (
    <Dialog open onClose={onClose} title={t("erase.title")} role="alertdialog">
      <form
        className="mt-3 grid grid-cols-1 gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          erasing.mutate();
        }}
      >
        <p className="text-sm text-mute">{t("erase.text")}</p>
        <Select
          label={t("erase.reason")}
          value={reason}
          onChange={(chosen) => setReason(chosen as Reason)}
          choices={REASONS.map((value) => ({ value, label: t(`erase.reason.${value}`) }))}
        />
        <Checkbox isSelected={suppress} onChange={setSuppress}>
          {t("erase.suppress")}
        </Checkbox>
        <TextField
          label={t("erase.confirm", { id: String(id) })}
          value={typed}
          onChange={setTyped}
          inputMode="numeric"
          autoComplete="off"
        />
        {erasing.error && <ErrorBox error={erasing.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button tone="danger" type="submit" isDisabled={typed.trim() !== String(id) || erasing.isPending}>
            {t("erase.do")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
