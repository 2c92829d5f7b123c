/** A duration: a number and a unit, or text for what these cannot say. */
import { useState } from "react";
import { Select, TextField } from "../../../components/Field.tsx";
import { useWords } from "../../../lib/language.ts";
import { readDuration, type Unit, UNITS, writeDuration } from "../../../lib/sequence/durations.ts";

export function DurationFields({
  label,
  value,
  onChange,
  error,
}: {
  label: string;
  value: string;
  onChange: (value: string, field: string) => void;
  error: string;
}) {
  const t = useWords();
  const [asText, setAsText] = useState(false);
  const read = readDuration(value);
  if (asText || !read) {
    return (
      <TextField
        label={label}
        hint={t("seq.f.durationHint")}
        value={value}
        error={error}
        onChange={(next) => onChange(next, "duration")}
      />
    );
  }
  const { amount } = read;
  const change = (unit: string) => {
    if (unit === "other") setAsText(true);
    else onChange(writeDuration({ amount, unit: unit as Unit }), "");
  };
  return (
    <div className="flex items-start gap-2 [&>*]:min-w-0 [&>*]:flex-1">
      <TextField
        label={label}
        value={amount}
        inputMode="decimal"
        error={error}
        onChange={(next) => onChange(writeDuration({ amount: next, unit: read.unit }), "duration")}
      />
      <Select
        label={t("seq.f.unit")}
        value={read.unit}
        onChange={change}
        choices={[
          ...UNITS.map((unit) => ({ value: unit, label: t(`seq.unit.${unit}`) })),
          { value: "other", label: t("seq.f.other") },
        ]}
      />
    </div>
  );
}
