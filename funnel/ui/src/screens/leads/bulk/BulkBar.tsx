/** What is done with the leads that were chosen in the list, or with all that fit. */
import { useState } from "react";
import type { Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Menu, MenuItem } from "../../../components/Menu.tsx";
import { useWords } from "../../../lib/language.ts";
import { useMay } from "../../../lib/may.ts";
import { BulkDialog } from "./BulkDialog.tsx";
import { BulkProgress } from "./BulkProgress.tsx";

export type Filter = Schemas["LeadFilterIn"];
/** Some, by their ids, or all that fit a filter. */
export type Meant = { leads: number[] } | { filter: Filter };

const ACTIONS = ["tag", "untag", "assign", "stage", "enroll", "take_out"] as const;
export type ActionName = (typeof ACTIONS)[number];
const OF_SEQUENCES: readonly ActionName[] = ["enroll", "take_out"];

export function BulkBar({ leads, filter, onNone }: { leads: number[]; filter: Filter; onNone: () => void }) {
  const t = useWords();
  const may = useMay();
  const [all, setAll] = useState(false);
  const [action, setAction] = useState<ActionName>();
  const [job, setJob] = useState<number>();
  const progress = job !== undefined && <BulkProgress id={job} onClose={() => setJob(undefined)} />;
  if (leads.length === 0) return progress;
  const none = () => {
    setAll(false);
    onNone();
  };
  return (
    <>
      <div
        role="group"
        aria-label={t("bulk.bar")}
        className="sticky top-2 z-20 mb-3 flex flex-wrap items-center gap-2 rounded-lg border border-brand bg-card p-2 shadow"
      >
        <span className="px-1 font-medium">{all ? t("bulk.all") : t("bulk.chosen", { n: leads.length })}</span>
        {!all && <Button onPress={() => setAll(true)}>{t("bulk.chooseAll")}</Button>}
        <Button onPress={none}>{t("bulk.none")}</Button>
        <Menu
          label={t("bulk.do")}
          button={<Button tone="primary">{t("bulk.do")}</Button>}
          onAction={(id) => setAction(id as ActionName)}
        >
          {ACTIONS.filter((one) => !OF_SEQUENCES.includes(one) || may("sequences:write")).map((one) => (
            <MenuItem key={one} id={one}>
              {t(`bulk.${one}`)}
            </MenuItem>
          ))}
        </Menu>
      </div>
      {action && (
        <BulkDialog
          action={action}
          meant={all ? { filter } : { leads }}
          onClose={() => setAction(undefined)}
          onAsked={(id) => {
            setAction(undefined);
            setJob(id);
            none();
          }}
        />
      )}
      {progress}
    </>
  );
}
