/** What each column of the file means, beside what stands in it. */
import { useState } from "react";
import { ApiError } from "../../api/client.ts";
import { Select, TextField } from "../../components/Field.tsx";
import { Card } from "../../components/Page.tsx";
import { useWords } from "../../lib/language.ts";
import { type Import, useChange } from "./queries.ts";
import "../../words/imports.ts";

const FIELD = "fields.";
const TARGETS = [
  "email",
  "field",
  "tags",
  "stage",
  "source",
  "created_at",
  "zone",
  "locale",
  "mail_status",
  "consent",
  "consent_at",
  "opt_out",
  "bounced",
  "complained",
  "attributes",
  "ignore",
] as const;
/** cells shown of each column */
const SHOWN = 3;

export function Columns({ one, open }: { one: Import; open: boolean }) {
  const t = useWords();
  const change = useChange(one);
  const errors = change.error instanceof ApiError ? change.error.errors : {};
  const put = (at: number, target: string) =>
    change.mutate({ columns: one.columns.map((old, n) => (n === at ? target : old)) });
  return (
    <Card title={t("import.columns")}>
      {errors.columns && <p className="mb-2 text-bad">{errors.columns.join(" ")}</p>}
      <ul className="grid grid-cols-1 gap-3">
        {one.columns.map((target, at) => (
          <li
            key={`${at}${target}`}
            className="grid grid-cols-1 items-start gap-x-4 gap-y-1 border-t border-line pt-3 first:border-0 first:pt-0 md:grid-cols-[1fr_1.2fr_1.5fr]"
          >
            <span className="font-medium [overflow-wrap:anywhere]">{one.names[at]}</span>
            <span className="text-sm text-mute [overflow-wrap:anywhere]">
              {one.rows
                .slice(0, SHOWN)
                .map((row) => row[at])
                .filter(Boolean)
                .join(" · ")}
            </span>
            <Meaning
              name={one.names[at] ?? ""}
              target={target}
              open={open}
              error={errors[`columns.${at}`]?.join(" ")}
              onChange={(to) => put(at, to)}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Meaning({
  name,
  target,
  open,
  error,
  onChange,
}: {
  name: string;
  target: string;
  open: boolean;
  error?: string;
  onChange: (target: string) => void;
}) {
  const t = useWords();
  const isField = target.startsWith(FIELD);
  return (
    <span className="grid grid-cols-1 gap-2 sm:grid-cols-2">
      <Select
        label={t("import.meansOf", { name })}
        hidden
        disabled={!open}
        error={error}
        value={isField ? "field" : target}
        onChange={(to) => onChange(to === "field" ? FIELD + keyOf(name) : to)}
        choices={TARGETS.map((value) => ({ value, label: t(`import.to.${value}`) }))}
      />
      {isField && <FieldKey name={name} written={target.slice(FIELD.length)} open={open} onChange={onChange} />}
    </span>
  );
}

/** Saved when it is left, or with Enter. */
function FieldKey({
  name,
  written,
  open,
  onChange,
}: {
  name: string;
  written: string;
  open: boolean;
  onChange: (target: string) => void;
}) {
  const t = useWords();
  const [key, setKey] = useState(written);
  const save = () => key !== written && onChange(FIELD + key);
  return (
    <TextField
      label={t("import.key", { name })}
      hidden
      isDisabled={!open}
      value={key}
      onChange={setKey}
      onBlur={save}
      onKeyDown={(event) => event.key === "Enter" && save()}
    />
  );
}

/** A key that a column's name suggests; the service says when it is none. */
function keyOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_");
  return plain.replace(/^[^a-z]+|_+$/g, "") || "field";
}
