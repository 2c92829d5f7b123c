/** A list of steps with a + after each; branches nest lists side by side. */
import { Plus } from "lucide-react";
import { memo } from "react";
import { cx } from "../../../components/cx.ts";
import { useWords } from "../../../lib/language.ts";
import { type Step, armsOf } from "../../../lib/sequence/document.ts";
import { armTitle, titleOf } from "../../../lib/sequence/titles.ts";
import { isInside, type Lane, MAIN } from "../../../lib/sequence/tree.ts";
import { Card } from "./Card.tsx";
import type { View } from "./types.ts";

export const FlowList = memo(function FlowList({
  steps,
  view,
  lane = MAIN,
  start,
}: {
  steps: readonly Step[];
  view: View;
  lane?: Lane;
  start?: string;
}) {
  const t = useWords();
  return (
    <>
      <PlusAt
        lane={lane}
        after={null}
        where={start ? t("seq.atPath", { name: start }) : t("seq.atStart")}
        view={view}
      />
      <ol>
        {steps.map((step) => (
          <Item key={step.id} step={step} lane={lane} view={view} />
        ))}
      </ol>
    </>
  );
});

/** A step and what follows it. Knows its list and not its number in it: steps before it come and go without it. */
const Item = memo(function Item({ step, lane, view }: { step: Step; lane: Lane; view: View }) {
  const t = useWords();
  const walked = view.walked?.get(step.id);
  return (
    <li>
      <Card
        step={step}
        problem={view.problems.get(step.id)?.[0]}
        count={view.counts?.get(step.id)}
        live={view.counts !== null}
        walked={walked}
        dim={view.moving?.id === step.id || (view.walked !== null && walked === undefined)}
        locked={view.locked}
        selection={view.selection}
        actions={view.actions}
      />
      <Fork step={step} view={view} />
      <PlusAt lane={lane} after={step.id} where={t("seq.after", { title: titleOf(step, t) })} view={view} />
    </li>
  );
});

function Fork({ step, view }: { step: Step; view: View }) {
  const t = useWords();
  const arms = armsOf(step);
  if (!arms.length) return null;
  return (
    <>
      <div className="stem" />
      <div className="fork">
        {arms.map((arm) => {
          const name = armTitle(step, arm.index, t);
          return (
            <div key={arm.index} role="group" className="path" aria-label={t("seq.path", { name })}>
              <i className="drop top" />
              <span
                title={name}
                className="max-w-[230px] truncate rounded-full border border-edge bg-card px-2.5 py-0.5 text-xs font-medium"
              >
                {name}
              </span>
              <FlowList steps={arm.steps} view={view} lane={laneOf(step.id, arm.index)} start={name} />
              {arm.steps.length === 0 && <span className="pb-2 text-xs text-mute">{t("seq.pathEmpty")}</span>}
              <i className="tail" />
              <i className="drop bottom" />
            </div>
          );
        })}
      </div>
    </>
  );
}

const lanes = new Map<string, Lane>();

/** The same object each time, so that lists which did not change are not drawn again. */
function laneOf(owner: string, arm: number): Lane {
  const name = `${arm} ${owner}`;
  const lane = lanes.get(name) ?? { owner, arm };
  lanes.set(name, lane);
  return lane;
}

function PlusAt({ lane, after, where, view }: { lane: Lane; after: string | null; where: string; view: View }) {
  const t = useWords();
  const { moving, locked, actions } = view;
  if (locked || (moving && isInside(moving, lane))) return <div className="plus still" />;
  return (
    <div className="plus">
      <button
        type="button"
        data-plus
        aria-haspopup={moving ? undefined : "menu"}
        aria-label={t(moving ? "seq.moveWhere" : "seq.addWhere", { where })}
        onClick={(event) => (moving ? actions.moveTo(lane, after) : actions.add(lane, after, event.currentTarget))}
        className={cx(
          "grid size-7 place-items-center rounded-full border shadow-sm",
          moving
            ? "border-brand bg-brand-fill text-white"
            : "border-edge bg-card text-mute hover:border-brand hover:text-brand",
        )}
      >
        <Plus size={15} aria-hidden />
      </button>
    </div>
  );
}
