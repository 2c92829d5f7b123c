/** Puts a text where it can be pasted from; a browser that does not do that is told of. */
import { useWords } from "../lib/language.ts";
import { Button } from "./Button.tsx";
import { toast } from "./Toast.tsx";

export function Copy({ text }: { text: string }) {
  const t = useWords();
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => toast(t("tokens.copied")),
      () => toast(t("tokens.copyByHand"), "bad"),
    );
  return <Button onPress={() => void copy()}>{t("tokens.copy")}</Button>;
}
