/** Recovery codes, shown this once: whoever closes them without a copy has new ones made. */
import { Button } from "../../../components/Button.tsx";
import { Copy } from "../../../components/Copy.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { useWords } from "../../../lib/language.ts";

export function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const t = useWords();
  return (
    <Dialog open onClose={onClose} title={t("factor.codes")} role="alertdialog">
      <div className="mt-3 grid grid-cols-1 gap-3">
        <p>{t("factor.codesOnce")}</p>
        <ul className="grid grid-cols-1 gap-1 rounded-md border border-line bg-raised p-3 font-mono text-sm select-all sm:grid-cols-2">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <div className="flex flex-wrap justify-end gap-2">
          <Copy text={codes.join("\n")} />
          <Button tone="primary" onPress={onClose}>
            {t("factor.kept")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
