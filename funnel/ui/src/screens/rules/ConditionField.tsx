/** A condition as JSON; what is no JSON yet stays in the field and changes nothing. */
import { useState } from "react";
import { TextField } from "../../components/Field.tsx";
import { useWords } from "../../lib/language.ts";
import type { Json } from "../../lib/sequence/document.ts";

const EXAMPLE = '{"score": {"at_least": 50}}';

export function ConditionField({
  label,
  value,
  onChange,
  hint,
  example = EXAMPLE,
}: {
  label: string;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  hint?: string;
  example?: string;
}) {
  const t = useWords();
  const written = value === undefined ? "" : JSON.stringify(value);
  const [typed, type] = useState<string>();
  const change = (now: string) => {
    const read = readJson(now);
    type(now);
    if (read !== BROKEN) onChange(read);
  };
  const broken = typed !== undefined && readJson(typed) === BROKEN;
  return (
    <TextField
      label={label}
      hint={hint ?? t("rules.condition", { example })}
      error={broken ? t("rules.noJson") : ""}
      lines={2}
      value={typed ?? written}
      onChange={change}
      onBlur={() => broken || type(undefined)}
    />
  );
}

const BROKEN = Symbol("no JSON");

function readJson(typed: string): Json | undefined | typeof BROKEN {
  if (typed.trim() === "") return undefined;
  try {
    return JSON.parse(typed) as Json;
  } catch {
    return BROKEN;
  }
}
