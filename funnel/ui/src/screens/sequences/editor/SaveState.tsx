/** Whether what was typed is saved; and, when somebody else changed the draft, what to do about it. */
import { Button } from "../../../components/Button.tsx";
import { useLocale, useWords } from "../../../lib/language.ts";
import { clock } from "../../../lib/dates.ts";
import type { Told } from "../../../lib/sequence/saving.ts";

export function SaveState({ told }: { told: Told }) {
  const t = useWords();
  const locale = useLocale();
  const text = () => {
    switch (told.state) {
      case "saved":
        return told.at === null
          ? t("seq.saved")
          : t("seq.savedAt", { time: clock(new Date(told.at).toISOString(), locale) });
      case "saving":
        return t("seq.saving");
      default:
        return t("seq.waiting");
    }
  };
  return <span className="text-xs whitespace-nowrap text-mute">{text()}</span>;
}

/** What keeps it from being saved; above the steps, since it must not be overlooked. */
export function SaveTrouble({ told, onTheirs, onMine }: { told: Told; onTheirs: () => void; onMine: () => void }) {
  const t = useWords();
  const text = () => {
    switch (told.state) {
      case "away":
        return t("seq.saveAway");
      case "signedOut":
        return t("seq.saveSignedOut");
      case "refused":
        return t("seq.saveRefused", { message: told.message });
      case "stale":
        return t("seq.stale");
      default:
        return "";
    }
  };
  return (
    <div role="alert">
      {text() && (
        <div className="mb-2 flex flex-wrap items-center gap-2 rounded-lg border border-warn bg-warn-tint px-3 py-2 text-warn">
          <span className="min-w-0 flex-1 basis-60">{text()}</span>
          {told.state === "stale" && (
            <>
              <Button onPress={onTheirs}>{t("seq.seeTheirs")}</Button>
              <Button onPress={onMine}>{t("seq.keepMine")}</Button>
            </>
          )}
        </div>
      )}
    </div>
  );
}
