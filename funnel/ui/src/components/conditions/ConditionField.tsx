/** A condition of rules as rows, as in sequences; or none yet, and a button that makes one. */
import { Button } from "../Button.tsx";
import { useWords } from "../../lib/language.ts";
import type { Json } from "../../lib/sequence/document.ts";
import { ConditionEditor } from "./ConditionEditor.tsx";
import "../../words/sequences.ts";

export function ConditionField({
  label,
  value,
  fresh,
  onChange,
  hint,
  needed = false,
}: {
  label: string;
  value: Json | undefined;
  /** what a new one begins as */
  fresh: Json;
  onChange: (value: Json | undefined) => void;
  hint?: string;
  /** it cannot be taken away */
  needed?: boolean;
}) {
  const t = useWords();
  if (value === undefined) {
    return (
      <div role="group" aria-label={label} className="space-y-1">
        <p className="text-sm font-medium">{label}</p>
        <Button onPress={() => onChange(fresh)}>{t("seq.c.add")}</Button>
        {hint && <p className="text-xs text-mute">{hint}</p>}
      </div>
    );
  }
  return (
    <div className="space-y-2">
      <ConditionEditor
        label={label}
        value={value}
        onChange={(next) => onChange(next)}
        errors={[]}
        without={["segment", "sequence"]}
      />
      {!needed && (
        <Button tone="ghost" onPress={() => onChange(undefined)}>
          {t("rules.dropCondition")}
        </Button>
      )}
    </div>
  );
}
