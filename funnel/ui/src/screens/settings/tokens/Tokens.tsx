/** Keys for programs that use the API. */
import { useWords } from "../../../lib/language.ts";

export function Tokens() {
  const t = useWords();
  return (
    <p className="max-w-2xl">
      {t("tokens.what")}{" "}
      <a href="/api/docs" className="text-brand underline">
        {t("user.api")}
      </a>
    </p>
  );
}
