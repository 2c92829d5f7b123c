/** A condition as rows of terms; groups inside; JSON for what rows cannot show. */
import { Trash2 } from "lucide-react";
import { useId } from "react";
import { Button, IconButton } from "../Button.tsx";
import { Select } from "../Field.tsx";
import { useWords } from "../../lib/language.ts";
import {
  freshValue,
  readCondition,
  TERMS,
  writeCondition,
  type Group,
  type Row,
  type Term,
} from "../../lib/conditions.ts";
import { readTerm, writeTerm } from "../../lib/terms.ts";
import type { Json } from "../../lib/sequence/document.ts";
import { JsonField } from "../JsonField.tsx";
import { TermFields } from "./TermFields.tsx";
import "../../words/sequences.ts";

/** `onChange` names the field that is typed in; "" for a change that stands alone. */
type OnChange = (value: Json, field: string) => void;

export function ConditionEditor({
  label,
  value,
  onChange,
  errors,
  without = [],
}: {
  label: string;
  value: Json;
  onChange: OnChange;
  errors: readonly string[];
  /** terms that cannot be asked here */
  without?: readonly Term[];
}) {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className="space-y-2">
      <p id={id} className="text-sm font-medium">
        {label}
      </p>
      <Rows
        group={readCondition(value)}
        onChange={(group, field) => onChange(writeCondition(group), field)}
        terms={TERMS.filter((term) => !without.includes(term))}
      />
      {errors.map((error) => (
        <p key={error} className="text-xs text-bad">
          {error}
        </p>
      ))}
    </div>
  );
}

function Rows({
  group,
  onChange,
  terms,
  nested = false,
}: {
  group: Group;
  onChange: (group: Group, field: string) => void;
  terms: readonly Term[];
  nested?: boolean;
}) {
  const t = useWords();
  const set = (n: number, row: Row, field: string) =>
    onChange({ ...group, rows: group.rows.with(n, row) }, `${n}.${field}`);
  const more = (row: Row) => onChange({ ...group, rows: [...group.rows, row] }, "");
  return (
    <div className="space-y-2">
      {group.rows.length !== 1 && (
        <Select
          label={t("seq.how")}
          hidden
          value={group.how}
          onChange={(how) => onChange({ ...group, how: how as Group["how"] }, "")}
          choices={[
            { value: "all", label: t("seq.how.all") },
            { value: "any", label: t("seq.how.any") },
          ]}
        />
      )}
      <ol className="space-y-2">
        {group.rows.map((row, n) => (
          <li key={n} className="relative rounded-md border border-line bg-ground p-2 pr-10">
            <RowFields row={row} number={n + 1} terms={terms} onChange={(next, field) => set(n, next, field)} />
            {(group.rows.length > 1 || nested) && (
              <IconButton
                label={t("seq.c.remove", { n: n + 1 })}
                className="absolute top-1 right-1"
                onPress={() => onChange({ ...group, rows: group.rows.toSpliced(n, 1) }, "")}
              >
                <Trash2 size={15} aria-hidden />
              </IconButton>
            )}
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap gap-2">
        <Button onPress={() => more({ type: "term", not: false, term: "tag", value: "" })}>{t("seq.c.add")}</Button>
        {!nested && (
          <Button
            tone="ghost"
            onPress={() =>
              more({
                type: "group",
                not: false,
                group: { how: "any", bare: false, rows: [{ type: "term", not: false, term: "tag", value: "" }] },
              })
            }
          >
            {t("seq.c.addGroup")}
          </Button>
        )}
      </div>
    </div>
  );
}

function RowFields({
  row,
  number,
  terms,
  onChange,
}: {
  row: Row;
  number: number;
  terms: readonly Term[];
  onChange: (row: Row, field: string) => void;
}) {
  const t = useWords();
  if (row.type === "raw")
    return (
      <JsonField
        label={t("seq.json")}
        value={row.json}
        lines={3}
        onUse={(json) => onChange({ type: "raw", json }, "")}
      />
    );
  const turned = (
    <Select
      label={t("seq.c.turned")}
      hidden
      value={row.not ? "not" : "so"}
      onChange={(chosen) => onChange({ ...row, not: chosen === "not" }, "")}
      choices={[
        { value: "so", label: t("seq.c.so") },
        { value: "not", label: t("seq.c.notSo") },
      ]}
    />
  );
  if (row.type === "group") {
    return (
      <div role="group" aria-label={t("seq.c.group", { n: number })} className="space-y-2">
        {turned}
        <Rows nested terms={terms} group={row.group} onChange={(group, field) => onChange({ ...row, group }, field)} />
      </div>
    );
  }
  const shown = readTerm(row.term, row.value);
  return (
    <div className="space-y-2">
      <div className="flex gap-2 [&>*]:min-w-0 [&>*]:flex-1">
        {turned}
        <Select
          label={t("seq.c.term")}
          hidden
          value={row.term}
          choices={[...new Set([...terms, row.term])].map((term) => ({ value: term, label: t(`seq.term.${term}`) }))}
          onChange={(term) => onChange({ ...row, term: term as Term, value: freshValue(term as Term) }, "")}
        />
      </div>
      {shown.raw ? (
        <JsonField
          label={t("seq.json")}
          value={row.value}
          lines={3}
          onUse={(value) => onChange({ ...row, value }, "")}
        />
      ) : (
        <TermFields
          term={row.term}
          shown={shown}
          onChange={(next, field) => onChange({ ...row, value: writeTerm(row.term, next) }, field)}
        />
      )}
    </div>
  );
}
