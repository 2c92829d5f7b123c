/** What can be done next: try, run, cancel. */
import { Button } from "../../components/Button.tsx";
import { useWords } from "../../lib/language.ts";
import { type Import, isWorking, useWork } from "./queries.ts";
import "../../words/imports.ts";

export function Steps({ one }: { one: Import }) {
  const t = useWords();
  const work = useWork(one);
  if (isWorking(one)) {
    return (
      <div>
        <Button onPress={() => work.mutate("cancel")}>{t("import.cancel")}</Button>
      </div>
    );
  }
  if (one.run_at !== null || !one.kept) return null;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button tone={one.checked ? "plain" : "primary"} onPress={() => work.mutate("check")} isDisabled={work.isPending}>
        {t(one.checked ? "import.checkAgain" : "import.check")}
      </Button>
      <Button tone={one.checked ? "primary" : "plain"} onPress={() => work.mutate("run")} isDisabled={work.isPending}>
        {t("import.run")}
      </Button>
      {!one.checked && <span className="text-sm text-mute">{t("import.checkFirst")}</span>}
    </div>
  );
}
