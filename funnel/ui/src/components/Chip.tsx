/** A filter that is on, and the way to put it off. */
import { X } from "lucide-react";
import { Button as Pressed } from "react-aria-components";
import { useWords } from "../lib/language.ts";

export function Chip({ text, onRemove }: { text: string; onRemove: () => void }) {
  const t = useWords();
  return (
    <span className="inline-flex items-center gap-1 rounded-full bg-brand-tint py-0.5 pr-1 pl-3 text-brand">
      {text}
      <Pressed
        aria-label={t("common.remove", { what: text })}
        onPress={onRemove}
        className="grid size-6 place-items-center rounded-full hover:bg-card"
      >
        <X size={14} aria-hidden />
      </Pressed>
    </span>
  );
}
