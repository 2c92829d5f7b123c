/** A login ends after a week or with a new password. Without unsaved work this leads to the way in; else it asks. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { whenLoginEnds } from "../api/client.ts";
import { Dialog } from "../components/Dialog.tsx";
import { toast } from "../components/Toast.tsx";
import { useWords } from "../lib/language.ts";
import { askAgain } from "../lib/session.ts";
import { isAnythingUnsaved } from "../lib/unsaved.ts";

export function LoginEnded() {
  const t = useWords();
  const client = useQueryClient();
  const [ended, setEnded] = useState(false);
  useEffect(
    () =>
      whenLoginEnds(() => {
        if (isAnythingUnsaved()) setEnded(true);
        else location.assign(`/app/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      }),
    [],
  );
  useEffect(() => {
    if (!ended) return undefined;
    const look = async () => {
      await askAgain(client);
      if (client.getQueryState(["session"])?.error) return;
      setEnded(false);
      toast(t("login.done"));
      void client.refetchQueries({ type: "active" });
    };
    const seen = () => void look();
    window.addEventListener("focus", seen);
    return () => window.removeEventListener("focus", seen);
  }, [ended, client, t]);
  return (
    <Dialog open={ended} onClose={() => setEnded(false)} title={t("login.ended")}>
      <p className="mt-2 text-mute">{t("login.keep")}</p>
      <p className="mt-4">
        <a href="/app/login?next=/app/" target="_blank" rel="noreferrer" className="font-medium text-brand underline">
          {t("login.again")}
        </a>
      </p>
    </Dialog>
  );
}
