/** What a person may ask of us: everything we keep of it, and to be forgotten. */
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import { Card } from "../../components/Page.tsx";
import { useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import { EraseDialog } from "./EraseDialog.tsx";
import "../../words/privacy.ts";

export function Rights({ id }: { id: number }) {
  const t = useWords();
  const may = useMay();
  const [erasing, erase] = useState(false);
  if (!may("privacy:read")) return null;
  return (
    <Card title={t("rights.title")}>
      <div className="flex flex-wrap items-center gap-3">
        <a href={`/api/v1/leads/${id}/archive.zip`} download className="text-brand underline">
          {t("rights.export")}
        </a>
        {may("privacy:write") && (
          <Button tone="danger" onPress={() => erase(true)}>
            {t("rights.erase")}
          </Button>
        )}
      </div>
      {erasing && <EraseDialog id={id} onClose={() => erase(false)} />}
    </Card>
  );
}
