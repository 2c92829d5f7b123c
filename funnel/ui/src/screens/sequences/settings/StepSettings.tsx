/** The settings of one step. */
import { Select, TextField } from "../../../components/Field.tsx";
import { useWords } from "../../../lib/language.ts";
import { type Json, type Step, isFields, kindOf } from "../../../lib/sequence/document.ts";
import type { EditStep, Problem } from "../editor/types.ts";
import { BranchSettings } from "./BranchSettings.tsx";
import { DurationFields } from "./DurationFields.tsx";
import { EmailSettings } from "./EmailSettings.tsx";
import { type Errors, errorsBelow } from "./errors.ts";
import { JsonField } from "../../../components/JsonField.tsx";
import { useStages } from "../../../lib/known.ts";
import { Suggest } from "../../../components/Suggest.tsx";

export interface Settings {
  step: Step;
  edit: EditStep;
  errors: Errors;
}

export function StepSettings({
  step,
  path,
  problems,
  edit,
}: {
  step: Step;
  path: string;
  problems: readonly Problem[];
  edit: EditStep;
}) {
  const t = useWords();
  const errors = errorsBelow(problems, path);
  const failures = ["hold", "skip", "leave"] as const;
  return (
    <div className="space-y-4">
      <KindSettings step={step} edit={edit} errors={errors} />
      <Select
        label={t("seq.f.failure")}
        value={typeof step.on_failure === "string" ? step.on_failure : "hold"}
        error={errors.at("on_failure")}
        choices={failures.map((word) => ({ value: word, label: t(`seq.failure.${word}`) }))}
        onChange={(word) =>
          edit((one) => (word === "hold" ? without(one, "on_failure") : { ...one, on_failure: word }))
        }
      />
      <p className="text-xs text-mute">
        {t("seq.f.id")}: <code>{step.id}</code>
      </p>
    </div>
  );
}

function KindSettings(settings: Settings) {
  const { step, edit } = settings;
  const t = useWords();
  switch (kindOf(step)) {
    case "email":
      return <EmailSettings {...settings} />;
    case "wait":
      return <WaitSettings {...settings} />;
    case "branch":
      return <BranchSettings {...settings} />;
    case "stage":
      return <StageSettings {...settings} />;
    case "tag":
      return <TagSettings kind="tag" {...settings} />;
    case "untag":
      return <TagSettings kind="untag" {...settings} />;
    case "leave":
      return <LeaveSettings {...settings} />;
    default:
      return (
        <JsonField
          label={t("seq.json")}
          value={step}
          onUse={(value) => isFields(value) && edit((one) => ({ ...value, id: one.id }))}
        />
      );
  }
}

function WaitSettings({ step, edit, errors }: Settings) {
  const t = useWords();
  const { wait } = step;
  const long = isFields(wait);
  const written = long ? wait.for : wait;
  if (typeof written !== "string")
    return (
      <JsonField
        label={t("seq.json")}
        value={wait ?? null}
        onUse={(value) => edit((one) => ({ ...one, wait: value }))}
      />
    );
  return (
    <DurationFields
      label={t("seq.f.amount")}
      value={written}
      error={errors.at("wait")}
      onChange={(value, field) => edit((one) => ({ ...one, wait: long ? { ...wait, for: value } : value }), field)}
    />
  );
}

function StageSettings({ step, edit, errors }: Settings) {
  const t = useWords();
  const stages = useStages();
  const long = isFields(step.stage);
  const value = textOf(isFields(step.stage) ? step.stage.to : step.stage);
  const choices = [...new Set([...(value ? [value] : []), ...stages])].map((stage) => ({ value: stage, label: stage }));
  return (
    <Select
      label={t("seq.f.stage")}
      value={value}
      error={errors.at("stage")}
      choices={[...(value ? [] : [{ value: "", label: t("seq.f.choose") }]), ...choices]}
      onChange={(stage) => edit((one) => ({ ...one, stage: long ? { to: stage } : stage }))}
    />
  );
}

function TagSettings({ step, kind, edit, errors }: Settings & { kind: "tag" | "untag" }) {
  const t = useWords();
  return (
    <Suggest
      label={t("seq.f.tag")}
      known={[]}
      value={textOf(step[kind])}
      error={errors.at(kind)}
      onChange={(tag) => edit((one) => ({ ...one, [kind]: tag }), "tag")}
    />
  );
}

function LeaveSettings({ step, edit, errors }: Settings) {
  const t = useWords();
  return (
    <TextField
      label={t("seq.f.reason")}
      hint={t("seq.f.reasonHint")}
      value={textOf(step.leave)}
      error={errors.at("leave")}
      onChange={(reason) => edit((one) => ({ ...one, leave: reason || true }), "reason")}
    />
  );
}

export const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

export function without<T extends object>(fields: T, ...keys: string[]): T {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key))) as T;
}
