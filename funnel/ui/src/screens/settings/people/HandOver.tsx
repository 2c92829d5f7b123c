/** A link that lets somebody in once: whether it was mailed, and its text to hand over. */
import type { Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Copy } from "../../../components/Copy.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { exact } from "../../../lib/dates.ts";
import { useLocale, useWords } from "../../../lib/language.ts";

export function HandOver({ link, onClose }: { link: Schemas["LinkOut"]; onClose: () => void }) {
  const t = useWords();
  const locale = useLocale();
  return (
    <Dialog open onClose={onClose} title={t("people.link")} role="alertdialog">
      <div className="mt-3 grid grid-cols-1 gap-3">
        <p>{t(link.mailed ? "people.linkMailed" : "people.linkByHand")}</p>
        <code className="rounded-md border border-line bg-raised p-3 text-xs break-all select-all">{link.url}</code>
        <p className="text-mute">{t("people.linkGood", { until: exact(link.expires_at, locale) })}</p>
        <div className="flex flex-wrap justify-end gap-2">
          <Copy text={link.url} />
          <Button tone="primary" onPress={onClose}>
            {t("tokens.done")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
