/** A secret, this once: whoever closes it without a copy makes another. */
import { useWords } from "../lib/language.ts";
import { Button } from "./Button.tsx";
import { toast } from "./Toast.tsx";

export function ShownOnce({ said, text, onClose }: { said: string; text: string; onClose: () => void }) {
  const t = useWords();
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => toast(t("tokens.copied")),
      () => toast(t("tokens.copyByHand"), "bad"),
    );
  return (
    <div className="mt-3 grid grid-cols-1 gap-3">
      <p>{said}</p>
      <code className="rounded-md border border-line bg-raised p-3 break-all select-all">{text}</code>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onPress={() => void copy()}>{t("tokens.copy")}</Button>
        <Button tone="primary" onPress={onClose}>
          {t("tokens.done")}
        </Button>
      </div>
    </div>
  );
}
