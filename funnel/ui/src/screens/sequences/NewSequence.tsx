/** A new sequence: a name, a ready one to start from, who enters. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { ApiError } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { Select, TextField } from "../../components/Field.tsx";
import { useLanguage, useWords } from "../../lib/language.ts";
import type { Json, SequenceDocument } from "../../lib/sequence/document.ts";
import { entryWords } from "./editor/ChangeList.tsx";
import { saveDraft, sequencesKey } from "./queries.ts";
import { useForms } from "../../lib/known.ts";
import { keyOf } from "../../lib/sequence/keys.ts";
import { type Template, templates } from "./templates.ts";
import "../../words/sequences.ts";

const AS_WRITTEN = "";

export function NewSequence({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const forms = useForms();
  const empty: Template = {
    key: "sequence",
    name: t("seqs.empty"),
    told: t("seqs.emptyText"),
    document: { steps: [{ id: "email-1", email: { subject: "", text: "" } }] },
  };
  const all = [...templates(useLanguage()), empty];
  const [chosen, choose] = useState(all[0]?.key ?? "");
  const template = all.find((one) => one.key === chosen) ?? empty;
  const [name, setName] = useState<string | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const [form, setForm] = useState(AS_WRITTEN);
  const [wrong, setWrong] = useState("");
  const called = name ?? (template === empty ? "" : template.name);
  const written = key ?? keyOf(called || template.key);
  const make = useMutation({
    meta: { quiet: true },
    mutationFn: () => saveDraft(written, draftOf(template, called || written, written, form), null),
    onError: (error) =>
      setWrong(
        error instanceof ApiError && error.code === "revision_needed"
          ? t("seqs.taken")
          : error instanceof ApiError
            ? (error.errors.key?.[0] ?? error.message)
            : error.message,
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sequencesKey });
      await navigate({ to: "/sequences/$key", params: { key: written } });
    },
  });
  const ways = [
    {
      value: AS_WRITTEN,
      label: template.document.enter
        ? t("seqs.asTemplate", { entry: entryWords(template.document.enter as Json, t) })
        : t("seqs.byHand"),
    },
    ...forms.map((one) => ({ value: one.key, label: t("seqs.byForm", { form: one.name }) })),
  ];
  return (
    <Dialog open wide onClose={onClose} title={t("seqs.new")}>
      <form
        className="mt-3 space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <RadioGroup value={chosen} onChange={choose}>
          <Label className="mb-1 block text-sm font-medium">{t("seqs.start")}</Label>
          <div className="grid gap-2 sm:grid-cols-2">
            {all.map((one) => (
              <Radio
                key={one.key}
                value={one.key}
                className="cursor-pointer rounded-lg border border-edge p-3 data-[focus-visible]:outline-2 data-[focus-visible]:outline-offset-2 data-[focus-visible]:outline-brand data-[selected]:border-brand data-[selected]:bg-brand-tint"
              >
                <span className="block font-medium">{one.name}</span>
                <span className="block text-xs text-mute">{one.told}</span>
              </Radio>
            ))}
          </div>
        </RadioGroup>
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField label={t("seqs.name")} value={called} onChange={setName} />
          <TextField
            label={t("seqs.key")}
            hint={t("seqs.keyHint")}
            value={written}
            error={wrong}
            onChange={(next) => {
              setKey(next);
              setWrong("");
            }}
          />
        </div>
        <Select label={t("seqs.enters")} value={form} onChange={setForm} choices={ways} />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button tone="primary" type="submit" isDisabled={make.isPending}>
            {t("seqs.create")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function draftOf(template: Template, name: string, key: string, form: string): SequenceDocument {
  const enter: { enter?: Json } = form === AS_WRITTEN ? {} : { enter: { form } };
  return { ...template.document, key, name, ...enter };
}
