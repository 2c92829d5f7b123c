/** A secret, this once: whoever closes it without a copy makes another. */
import { useWords } from "../lib/language.ts";
import { Button } from "./Button.tsx";
import { Copy } from "./Copy.tsx";

export function ShownOnce({ said, text, onClose }: { said: string; text: string; onClose: () => void }) {
  const t = useWords();
  return (
    <div className="mt-3 grid grid-cols-1 gap-3">
      <p>{said}</p>
      <code className="rounded-md border border-line bg-raised p-3 break-all select-all">{text}</code>
      <div className="flex flex-wrap justify-end gap-2">
        <Copy text={text} />
        <Button tone="primary" onPress={onClose}>
          {t("tokens.done")}
        </Button>
      </div>
    </div>
  );
}
