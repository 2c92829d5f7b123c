/** One scoring rule: what happens or holds, and what it gives. */
import { Trash2 } from "lucide-react";
import { IconButton } from "../../components/Button.tsx";
import { Select, TextField } from "../../components/Field.tsx";
import { useWords } from "../../lib/language.ts";
import { FACTS, isAboutForm, isLasting, numeric, type Problem, put, text, turned } from "../../lib/rules.ts";
import { type Fields, isFields } from "../../lib/sequence/document.ts";
import { ConditionField } from "../../components/conditions/ConditionField.tsx";

/** what a new condition begins as: the field is for a person to name */
const FRESH = { field: { key: "", known: true } };

interface Row {
  rule: Fields;
  onChange: (rule: Fields) => void;
}

export function RuleRow({
  rule,
  number,
  forms,
  problems,
  onChange,
  onRemove,
}: Row & { number: number; forms: readonly string[]; problems: readonly Problem[]; onRemove: () => void }) {
  const t = useWords();
  const lasting = isLasting(rule);
  const name = text(rule.name) || text(rule.key);
  return (
    <section aria-label={t("rules.rule", { n: number })} className="rounded-lg border border-line bg-card p-4">
      <div className="grid grid-cols-1 items-start gap-3 sm:grid-cols-2 lg:grid-cols-[minmax(0,2fr)_minmax(0,2fr)_minmax(0,2fr)_6rem_auto]">
        <TextField
          label={t("rules.name")}
          value={text(rule.name)}
          placeholder={text(rule.key)}
          onChange={(typed) => onChange(put(rule, "name", typed))}
        />
        <Select
          label={t("rules.sort")}
          value={lasting ? "while" : "when"}
          onChange={(sort) => onChange(turned(rule, sort === "while"))}
          choices={(["when", "while"] as const).map((sort) => ({ value: sort, label: t(`rules.${sort}`) }))}
        />
        {lasting ? <div /> : <Fact rule={rule} forms={forms} onChange={onChange} />}
        <TextField
          label={t("rules.points")}
          inputMode="numeric"
          value={text(rule.points)}
          onChange={(typed) => onChange({ ...rule, points: numeric(typed) })}
        />
        <IconButton label={t("rules.remove", { name })} onPress={onRemove} className="lg:mt-6">
          <Trash2 size={16} aria-hidden />
        </IconButton>
      </div>
      {lasting && (
        <div className="mt-3">
          <ConditionField
            label={t("rules.holds")}
            value={rule.while}
            fresh={FRESH}
            needed
            onChange={(holds) => onChange({ ...rule, while: holds ?? FRESH })}
          />
        </div>
      )}
      {problems.map((one) => (
        <p key={one.path + one.message} className="mt-2 text-xs text-bad">
          {one.message}
        </p>
      ))}
      <details className="mt-3">
        <summary className="cursor-pointer text-xs text-mute">{t("rules.more")}</summary>
        <More rule={rule} onChange={onChange} />
      </details>
    </section>
  );
}

function Fact({ rule, forms, onChange }: Row & { forms: readonly string[] }) {
  const t = useWords();
  const when = isFields(rule.when) ? rule.when : {};
  const event = text(when.event);
  const form = text(when.form);
  const change = (next: Fields) => onChange({ ...rule, when: next });
  const facts = [...new Set([...FACTS, event])].filter(Boolean);
  const known = [...new Set([...forms, form])].filter(Boolean);
  return (
    <div className="grid grid-cols-1 gap-2">
      <Select
        label={t("rules.fact")}
        value={event}
        onChange={(kind) =>
          change(isAboutForm(kind) ? { ...when, event: kind } : put({ ...when, event: kind }, "form", ""))
        }
        choices={facts.map((kind) => ({ value: kind, label: kind.replaceAll("_", " ") }))}
      />
      {isAboutForm(event) && (
        <Select
          label={t("rules.form")}
          value={form}
          onChange={(key) => change(put(when, "form", key))}
          choices={[{ value: "", label: t("rules.anyForm") }, ...known.map((key) => ({ value: key, label: key }))]}
        />
      )}
    </div>
  );
}

/** What most rules do without. */
function More({ rule, onChange }: Row) {
  const t = useWords();
  const key = (
    <TextField label={t("rules.key")} value={text(rule.key)} onChange={(typed) => onChange({ ...rule, key: typed })} />
  );
  if (isLasting(rule)) return <div className="mt-2 grid grid-cols-1 gap-3 sm:grid-cols-2">{key}</div>;
  const when = isFields(rule.when) ? rule.when : {};
  const most = isFields(rule.at_most) ? rule.at_most : {};
  const limit = (next: Fields) => onChange(put(rule, "at_most", Object.keys(next).length > 0 ? next : undefined));
  return (
    <div className="mt-2 grid grid-cols-1 gap-3 sm:grid-cols-2">
      {key}
      <Select
        label={t("rules.axis")}
        value={text(rule.axis)}
        onChange={(axis) => onChange({ ...rule, axis })}
        choices={(["engagement", "fit"] as const).map((axis) => ({ value: axis, label: t(`score.${axis}`) }))}
      />
      <TextField
        label={t("rules.most")}
        inputMode="numeric"
        value={text(most.points)}
        onChange={(typed) => limit(put(most, "points", numeric(typed)))}
      />
      <TextField
        label={t("rules.per")}
        hint={t("rules.perHint")}
        value={text(most.per)}
        onChange={(typed) => limit(put(most, "per", typed))}
      />
      <ConditionField
        label={t("rules.lead")}
        value={when.lead}
        fresh={FRESH}
        onChange={(lead) => onChange({ ...rule, when: put(when, "lead", lead) })}
      />
    </div>
  );
}
