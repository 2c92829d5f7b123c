/** One step as a card of fixed size: kind, title in words, one line of numbers or what is wrong. */
import { AlertTriangle, Ellipsis } from "lucide-react";
import { memo, useSyncExternalStore } from "react";
import { cx } from "../../../components/cx.ts";
import { useWords } from "../../../lib/language.ts";
import { type Step, kindOf } from "../../../lib/sequence/document.ts";
import { titleOf } from "../../../lib/sequence/titles.ts";
import { LOOKS } from "./kinds.ts";
import type { Actions, Problem, Selection, StepCount } from "./types.ts";

export interface CardState {
  step: Step;
  problem: Problem | undefined;
  count: StepCount | undefined;
  /** whether the version shown was ever live */
  live: boolean;
  walked: string | undefined;
  /** a simulation went past this step */
  dim: boolean;
  locked: boolean;
  selection: Selection;
  actions: Actions;
}

export const Card = memo(function Card({
  step,
  problem,
  count,
  live,
  walked,
  dim,
  locked,
  selection,
  actions,
}: CardState) {
  const selected = useSyncExternalStore(selection.subscribe, () => selection.get() === step.id);
  const t = useWords();
  const kind = kindOf(step);
  const look = kind && LOOKS[kind];
  const title = titleOf(step, t);
  const wrong = problem?.level === "error";
  return (
    <div className="relative">
      <button
        type="button"
        data-step={step.id}
        aria-pressed={selected}
        onClick={() => actions.select(step.id)}
        className={cx(
          "flex h-[106px] w-[250px] flex-col justify-between rounded-lg border p-3 text-left hover:border-brand",
          dim ? "border-dashed text-mute" : "bg-card shadow-sm",
          selected ? "border-brand ring-2 ring-brand" : wrong ? "border-bad" : "border-line",
        )}
      >
        <span className="flex items-start gap-2 pr-6">
          {look && (
            <span className={cx("grid size-7 shrink-0 place-items-center rounded", look.tint)}>
              <look.Icon size={15} aria-hidden />
            </span>
          )}
          <span className="min-w-0">
            <span className="block text-xs text-mute">{kind ? t(`seq.kind.${kind}`) : step.id}</span>
            <span className="line-clamp-2 font-medium break-words">{title}</span>
          </span>
        </span>
        {walked ? (
          <span className="truncate text-xs font-medium text-brand">{walked}</span>
        ) : problem ? (
          <span className={cx("flex items-center gap-1 text-xs", wrong ? "text-bad" : "text-warn")}>
            <AlertTriangle size={14} aria-hidden className="shrink-0" />
            <span className="truncate">{problem.message}</span>
          </span>
        ) : (
          <Numbers count={count} live={live} mail={kind === "email"} />
        )}
      </button>
      {!locked && (
        <button
          type="button"
          aria-haspopup="menu"
          aria-label={t("seq.actionsOf", { title })}
          onClick={(event) => actions.menu(step.id, event.currentTarget)}
          className="absolute top-1.5 right-1.5 grid size-7 place-items-center rounded hover:bg-raised"
        >
          <Ellipsis size={16} aria-hidden />
        </button>
      )}
    </div>
  );
});

function Numbers({ count, live, mail }: { count: StepCount | undefined; live: boolean; mail: boolean }) {
  const t = useWords();
  if (!live) return <span className="text-xs text-mute">{t("seq.count.notLive")}</span>;
  if (!count) return <span className="text-xs text-mute">{t("seq.count.none")}</span>;
  return (
    <span className="flex gap-x-3 overflow-hidden text-xs whitespace-nowrap text-mute tabular-nums">
      {count.stuck > 0 && <span className="font-semibold text-bad">{t("seq.count.stuck", { n: count.stuck })}</span>}
      {count.here > 0 && <span className="font-semibold text-ink">{t("seq.count.here", { n: count.here })}</span>}
      <span>{t("seq.count.came", { n: count.entered })}</span>
      {mail && count.skipped + count.refused > 0 && (
        <span>{t("seq.count.skipped", { n: count.skipped + count.refused })}</span>
      )}
    </span>
  );
}
