/** A lead's fields and tags, edited. What is emptied is removed; what is left alone is not sent. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok, type Schemas } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { TextField } from "../../components/Field.tsx";
import { ErrorBox } from "../../components/States.tsx";
import { toast } from "../../components/Toast.tsx";
import { useWords } from "../../lib/language.ts";
import { changed, retagged, texts } from "./edited.ts";

export function EditLead({ lead, onClose }: { lead: Schemas["LeadOut"]; onClose: () => void }) {
  const t = useWords();
  const client = useQueryClient();
  const [fields, setFields] = useState(() => texts(lead.fields));
  const [tags, setTags] = useState(lead.tags.join(", "));
  const [name, setName] = useState("");
  const save = useMutation({
    mutationFn: () =>
      ok(
        api.PATCH("/api/v1/leads/{lead_id}", {
          params: { path: { lead_id: lead.id } },
          body: { fields: changed(lead.fields, fields), keep_consents: false, ...retagged(lead.tags, tags) },
        }),
      ),
    onSuccess: async () => {
      toast(t("edit.done"));
      onClose();
      await client.invalidateQueries({ queryKey: ["lead", lead.id] });
    },
  });
  const errors = save.error instanceof ApiError ? save.error.errors : {};
  const add = () => {
    const key = name.trim().replaceAll(" ", "_");
    if (key && !(key in fields)) setFields({ ...fields, [key]: "" });
    setName("");
  };
  return (
    <Dialog open onClose={onClose} title={t("edit.title")}>
      <form
        className="mt-3 grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {Object.entries(fields).map(([key, value]) => (
          <TextField
            key={key}
            label={key.replaceAll("_", " ")}
            value={value}
            error={(errors[`fields.${key}.value`] ?? errors[`fields.${key}.key`])?.join(" ")}
            onChange={(text) => setFields({ ...fields, [key]: text })}
          />
        ))}
        <div className="flex items-end gap-2">
          <TextField label={t("edit.newField")} value={name} onChange={setName} className="flex-1" />
          <Button onPress={add} isDisabled={!name.trim()}>
            {t("edit.add")}
          </Button>
        </div>
        <TextField label={t("leads.tags")} hint={t("edit.tags")} value={tags} onChange={setTags} />
        {save.error && <ErrorBox error={save.error} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" tone="primary" isDisabled={save.isPending}>
            {t("edit.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
