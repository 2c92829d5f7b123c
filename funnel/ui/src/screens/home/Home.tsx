import { Page } from "../../components/Page.tsx";
import { useWords } from "../../lib/language.ts";

export function Home() {
  const t = useWords();
  return <Page title={t("nav.home")}><p>{t("common.none")}</p></Page>;
}
