/** A part of the document as JSON, for what fields cannot show. Taken over with a button once it is JSON. */
import { useEffect, useState } from "react";
import { Button } from "./Button.tsx";
import { TextField } from "./Field.tsx";
import { useWords } from "../lib/language.ts";
import type { Json } from "../lib/sequence/document.ts";
import "../words/sequences.ts";

export function JsonField({
  label,
  value,
  onUse,
  lines = 6,
  check,
}: {
  label: string;
  value: Json;
  onUse: (value: Json) => void;
  lines?: number;
  check?: (value: Json) => string | undefined;
}) {
  const t = useWords();
  const shown = JSON.stringify(value, null, 2);
  const [typed, setTyped] = useState(shown);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    setTyped(shown);
    setWrong("");
  }, [shown]);
  const use = () => {
    try {
      const parsed = JSON.parse(typed) as Json;
      const told = check?.(parsed) ?? "";
      setWrong(told && t("seq.jsonWrong", { message: told }));
      if (!told) onUse(parsed);
    } catch (error) {
      setWrong(t("seq.jsonWrong", { message: (error as Error).message }));
    }
  };
  return (
    <div className="space-y-2">
      <TextField
        label={label}
        value={typed}
        onChange={setTyped}
        lines={lines}
        error={wrong}
        className="[&_textarea]:font-mono [&_textarea]:text-xs"
      />
      {typed !== shown && <Button onPress={use}>{t("seq.jsonUse")}</Button>}
    </div>
  );
}
