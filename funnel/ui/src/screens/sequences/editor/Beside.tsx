/** What stands beside the steps of a draft: the settings of one, of the sequence, or a simulation. */
import { useCallback } from "react";
import { useWords } from "../../../lib/language.ts";
import { titleOf } from "../../../lib/sequence/titles.ts";
import { find, pathOf, update } from "../../../lib/sequence/tree.ts";
import { SequenceSettings } from "../settings/SequenceSettings.tsx";
import { StepSettings } from "../settings/StepSettings.tsx";
import { Inside } from "./Inside.tsx";
import { Side } from "./Side.tsx";
import { Simulation } from "./Simulation.tsx";
import type { EditStep, Problem } from "./types.ts";
import type { Draft } from "./useDraft.ts";
import type { Flow } from "./useFlow.ts";
import type { useWalked } from "./useWalked.ts";

export function Beside({
  draft,
  flow,
  problems,
  byStep,
  onWalked,
}: {
  draft: Draft;
  flow: Flow;
  problems: readonly Problem[];
  byStep: ReadonlyMap<string, Problem[]>;
  onWalked: ReturnType<typeof useWalked>["show"];
}) {
  const t = useWords();
  const { document, saved } = draft;
  const { beside } = flow;
  const step = beside?.what === "step" ? find(document.steps, beside.id) : undefined;
  const id = step?.id;
  const { edit } = draft;
  const editStep = useCallback<EditStep>(
    (change, field) => {
      if (id !== undefined)
        edit((one) => ({ ...one, steps: update(one.steps, id, change) }), field && `${id}:${field}`);
    },
    [edit, id],
  );
  if (beside?.what === "sequence") {
    return (
      <Side name="sequence" title={t("seq.settings")} onClose={flow.close} onLeaveField={draft.seal}>
        <SequenceSettings
          document={document}
          problems={problems.filter((problem) => problem.step === null)}
          edit={draft.edit}
        />
      </Side>
    );
  }
  if (beside?.what === "simulation") {
    return (
      <Side name="simulation" title={t("seq.sim.title")} onClose={flow.close}>
        <Simulation
          sequence={saved.key}
          version={null}
          revision={saved.revision}
          steps={document.steps}
          onWalked={onWalked}
          onGo={(to) => flow.focus(to)}
        />
      </Side>
    );
  }
  if (!step) return null;
  return (
    <Side
      name={step.id}
      title={t("seq.stepSettings", { title: titleOf(step, t) })}
      onClose={flow.close}
      onLeaveField={draft.seal}
    >
      <StepSettings
        key={step.id}
        step={step}
        path={pathOf(document.steps, step.id) ?? ""}
        problems={byStep.get(step.id) ?? []}
        edit={editStep}
      />
      {saved.live_number !== null && <Inside sequence={saved.key} step={step.id} version={saved.live_number} />}
    </Side>
  );
}
