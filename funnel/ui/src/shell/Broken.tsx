/** What is shown in place of a screen that failed to run or to load, or that does not exist. */
import { Button } from "../components/Button.tsx";
import { Page } from "../components/Page.tsx";
import { EmptyState } from "../components/States.tsx";
import { useWords } from "../lib/language.ts";

export function Broken() {
  const t = useWords();
  return (
    <Page title={t("error.broken")}>
      <p role="alert">{t("error.brokenText")}</p>
      <Button className="mt-3" onPress={() => location.reload()}>
        {t("error.reload")}
      </Button>
    </Page>
  );
}

export function Missing() {
  const t = useWords();
  return (
    <Page title={t("error.notFoundTitle")}>
      <EmptyState title={t("error.notFound")} />
    </Page>
  );
}
