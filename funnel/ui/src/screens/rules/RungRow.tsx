/** One stage of the ladder: who comes to it by rule, and who falls from it. */
import { Checkbox, TextField } from "../../components/Field.tsx";
import { StageBadge } from "../../components/StageBadge.tsx";
import { stage as nameOf } from "../../lib/facts.ts";
import { useWords } from "../../lib/language.ts";
import { type Problem, put, text } from "../../lib/rules.ts";
import type { Fields } from "../../lib/sequence/document.ts";
import { ConditionField } from "../../components/conditions/ConditionField.tsx";

/** what new conditions begin as */
const ENTER = { score: { at_least: 50 } };
const LEAVE = { score: { at_most: 20 } };

export function RungRow({
  stage,
  rung,
  problems,
  onChange,
  onRemove,
}: {
  stage: string;
  /** absent: no rule brings anybody here */
  rung: Fields | undefined;
  problems: readonly Problem[];
  onChange: (rung: Fields) => void;
  onRemove: () => void;
}) {
  const t = useWords();
  const chosen = (now: boolean) => (now ? onChange({ stage, enter: ENTER }) : onRemove());
  return (
    <section aria-label={nameOf(stage, t)} className="rounded-lg border border-line bg-card p-4">
      <div className="flex flex-wrap items-center gap-3">
        <StageBadge stage={stage} />
        <Checkbox isSelected={Boolean(rung)} onChange={chosen}>
          {t("rules.byRule")}
        </Checkbox>
        {!rung && <span className="text-xs text-mute">{t("rules.byHand")}</span>}
      </div>
      {rung && <Rule rung={rung} onChange={onChange} />}
      {problems.map((one) => (
        <p key={one.path + one.message} className="mt-2 text-xs text-bad">
          {one.message}
        </p>
      ))}
    </section>
  );
}

function Rule({ rung, onChange }: { rung: Fields; onChange: (rung: Fields) => void }) {
  const t = useWords();
  const demote = rung.demote === true;
  const fall = (now: boolean) =>
    onChange(now ? { ...rung, demote: true } : put(put(rung, "leave", ""), "demote", undefined));
  return (
    <div className="mt-3 grid grid-cols-1 items-start gap-3 sm:grid-cols-2">
      <ConditionField
        label={t("rules.enter")}
        fresh={ENTER}
        value={rung.enter}
        onChange={(enter) => onChange(put(rung, "enter", enter))}
      />
      <div className="grid grid-cols-1 gap-3">
        <Checkbox isSelected={demote} onChange={fall}>
          {t("rules.demote")}
        </Checkbox>
        {demote && (
          <>
            <ConditionField
              label={t("rules.leave")}
              fresh={LEAVE}
              hint={t("rules.leaveHint")}
              value={rung.leave}
              onChange={(leave) => onChange(put(rung, "leave", leave))}
            />
            <TextField
              label={t("rules.stay")}
              hint={t("rules.stayHint")}
              value={text(rung.minimum_stay)}
              onChange={(typed) => onChange(put(rung, "minimum_stay", typed))}
            />
          </>
        )}
      </div>
    </div>
  );
}
