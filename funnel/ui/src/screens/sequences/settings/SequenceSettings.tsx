/** The settings of the sequence itself: who enters, what ends it, when its mail may leave. */
import { Trash2 } from "lucide-react";
import { Button, IconButton } from "../../../components/Button.tsx";
import { Checkbox, Select, TextField } from "../../../components/Field.tsx";
import { useWords } from "../../../lib/language.ts";
import { type Json, type SequenceDocument, isFields } from "../../../lib/sequence/document.ts";
import { type Entry, readEntries, type Trigger, TRIGGERS, writeEntries } from "../../../lib/sequence/entry.ts";
import type { Edit, Problem } from "../editor/types.ts";
import { ConditionEditor } from "../../../components/conditions/ConditionEditor.tsx";
import { DurationFields } from "./DurationFields.tsx";
import { type Errors, errorsBelow } from "./errors.ts";
import { JsonField } from "../../../components/JsonField.tsx";
import { EVENTS, useForms, usePurposes, useSegments, useStages } from "../../../lib/known.ts";
import { textOf, without } from "./StepSettings.tsx";
import { Suggest } from "../../../components/Suggest.tsx";
import { WindowFields } from "./WindowFields.tsx";

export interface HeadSettings {
  document: SequenceDocument;
  /** sets a part; undefined takes it out */
  set: (part: string, value: Json | undefined, field?: string) => void;
  errors: Errors;
}

export function SequenceSettings({
  document,
  problems,
  edit,
}: {
  document: SequenceDocument;
  problems: readonly Problem[];
  edit: Edit;
}) {
  const t = useWords();
  const purposes = usePurposes();
  const errors = errorsBelow(problems, "");
  const set: HeadSettings["set"] = (part, value, field) =>
    edit((one) => (value === undefined ? without(one, part) : { ...one, [part]: value }), field && `${part}.${field}`);
  const head = { document, set, errors };
  return (
    <div className="space-y-5">
      <TextField
        label={t("seq.f.name")}
        value={textOf(document.name as Json)}
        error={errors.at("name")}
        onChange={(name) => set("name", name || undefined, "text")}
      />
      <EntryFields {...head} />
      <ReentryFields {...head} />
      <GoalFields {...head} />
      <WindowFields {...head} />
      <Suggest
        label={t("seq.f.purpose")}
        hint={t("seq.f.purposeHint")}
        known={purposes}
        value={textOf(document.purpose as Json)}
        error={errors.at("purpose")}
        onChange={(purpose) => set("purpose", purpose || undefined, "text")}
      />
      <Select
        label={t("seq.f.onUnknown")}
        value={textOf(document.on_unknown as Json) || "hold"}
        error={errors.at("on_unknown")}
        choices={(["hold", "resend"] as const).map((word) => ({ value: word, label: t(`seq.unknown.${word}`) }))}
        onChange={(word) => set("on_unknown", word === "hold" ? undefined : word)}
      />
    </div>
  );
}

function EntryFields({ document, set, errors }: HeadSettings) {
  const t = useWords();
  const stages = useStages();
  const forms = useForms();
  const segments = useSegments();
  const known: Record<Trigger, readonly string[]> = {
    form: forms.map((form) => form.key),
    stage: stages,
    tag: [],
    segment: segments,
    event: EVENTS,
  };
  const entries = readEntries(document.enter as Json | undefined);
  const write = (next: readonly Entry[], field?: string) => set("enter", writeEntries(next), field);
  if (!entries)
    return <JsonField label={t("seq.f.enter")} value={document.enter as Json} onUse={(value) => set("enter", value)} />;
  return (
    <fieldset className="space-y-2">
      <legend className="mb-1 text-sm font-medium">{t("seq.f.enter")}</legend>
      {entries.length === 0 && <p className="text-xs text-mute">{t("seq.f.enterNone")}</p>}
      {entries.map((entry, n) => (
        <div
          key={n}
          className="relative flex flex-wrap items-end gap-2 rounded-md border border-line bg-ground p-2 pr-11 [&>*]:min-w-0 [&>*]:flex-1"
        >
          <Select
            label={t("seq.f.when")}
            value={entry.kind}
            choices={TRIGGERS.map((kind) => ({ value: kind, label: t(`seq.trigger.${kind}`) }))}
            onChange={(kind) => write(entries.with(n, { kind: kind as Trigger, value: "" }))}
          />
          <Suggest
            label={t("seq.f.which")}
            known={known[entry.kind]}
            value={entry.value}
            onChange={(value) => write(entries.with(n, { ...entry, value }), `${n}`)}
          />
          <IconButton
            label={t("seq.f.removeEntry", { n: n + 1 })}
            className="absolute top-1 right-1 flex-none!"
            onPress={() => write(entries.toSpliced(n, 1))}
          >
            <Trash2 size={15} aria-hidden />
          </IconButton>
        </div>
      ))}
      {errors.all("enter").map((message) => (
        <p key={message} className="text-xs text-bad">
          {message}
        </p>
      ))}
      <Button onPress={() => write([...entries, { kind: "form", value: "" }])}>{t("seq.f.addEntry")}</Button>
    </fieldset>
  );
}

function ReentryFields({ document, set, errors }: HeadSettings) {
  const t = useWords();
  const reenter = document.reenter as Json | undefined;
  const on = reenter !== undefined && reenter !== null;
  return (
    <div className="space-y-2">
      <Checkbox isSelected={on} onChange={(next) => set("reenter", next ? { after: "30 days" } : undefined)}>
        {t("seq.f.reenter")}
      </Checkbox>
      {on &&
        (isFields(reenter) && typeof reenter.after === "string" ? (
          <DurationFields
            label={t("seq.f.reenterAfter")}
            value={reenter.after}
            error={errors.at("reenter")}
            onChange={(after, field) => set("reenter", { ...reenter, after }, field)}
          />
        ) : (
          <JsonField label={t("seq.json")} value={reenter} onUse={(value) => set("reenter", value)} />
        ))}
    </div>
  );
}

function GoalFields({ document, set, errors }: HeadSettings) {
  const t = useWords();
  const goal = document.goal as Json | undefined;
  const on = goal !== undefined && goal !== null;
  return (
    <div className="space-y-2">
      <Checkbox
        isSelected={on}
        onChange={(next) => set("goal", next ? { stage: { at_least: "customer" } } : undefined)}
      >
        {t("seq.f.goal")}
      </Checkbox>
      <p className="text-xs text-mute">{t("seq.f.goalHint")}</p>
      {on && (
        <ConditionEditor
          label={t("seq.part.goal")}
          value={goal}
          errors={errors.all("goal")}
          onChange={(value, field) => set("goal", value, field)}
        />
      )}
    </div>
  );
}
