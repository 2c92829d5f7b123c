/** The paths of a branch: who takes each, in the order in which they are asked. */
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../../components/Button.tsx";
import { Confirm } from "../../../components/Dialog.tsx";
import { TextField } from "../../../components/Field.tsx";
import { useWords } from "../../../lib/language.ts";
import {
  type Arm,
  type Fields,
  type Json,
  RESTS,
  type Rest,
  armsOf,
  isFields,
} from "../../../lib/sequence/document.ts";
import { armTitle } from "../../../lib/sequence/titles.ts";
import { walk } from "../../../lib/sequence/tree.ts";
import { ConditionEditor } from "../../../components/conditions/ConditionEditor.tsx";
import { type Settings, without } from "./StepSettings.tsx";

export function BranchSettings({ step, edit, errors }: Settings) {
  const t = useWords();
  const arms = armsOf(step);
  const [asked, ask] = useState<Arm | null>(null);
  const branch = (change: (list: Json[]) => Json[], field?: string) =>
    edit((one) => (Array.isArray(one.branch) ? { ...one, branch: change(one.branch) } : one), field);
  const setArm = (index: number, change: (arm: Fields) => Fields, field?: string) =>
    branch(
      (list) => list.map((arm, n) => (n === index && isFields(arm) ? change(arm) : arm)),
      field && `${index}.${field}`,
    );
  const removeArm = (arm: Arm) => branch((list) => list.toSpliced(arm.index, 1));
  const addArm = (fresh: Fields) =>
    branch((list) => {
      const rest = list.findIndex((arm) => isFields(arm) && RESTS.some((word) => word in arm));
      return list.toSpliced("when" in fresh && rest >= 0 ? rest : list.length, 0, fresh);
    });
  const missing = RESTS.filter((rest) => !arms.some((arm) => arm.kind === rest));
  return (
    <div className="space-y-4">
      {arms.map((arm) => (
        <section
          key={arm.index}
          aria-label={t("seq.path", { name: armTitle(step, arm.index, t) })}
          className="relative space-y-3 border-l-2 border-violet pl-3"
        >
          <h3 className="min-h-9 pr-10 font-semibold break-words">
            {arm.kind === "when" ? t("seq.f.arm", { n: arm.index + 1 }) : t(`seq.arm.${arm.kind}`)}
          </h3>
          {arms.length > 1 && (
            <IconButton
              label={t("seq.f.removeArm", { name: armTitle(step, arm.index, t) })}
              className="absolute top-0 right-0 !mt-0"
              onPress={() => (arm.steps.length ? ask(arm) : removeArm(arm))}
            >
              <Trash2 size={15} aria-hidden />
            </IconButton>
          )}
          {arm.kind === "unmeasurable" && <p className="text-xs text-mute">{t("seq.f.unmeasurableHint")}</p>}
          {arm.kind === "when" && (
            <>
              <TextField
                label={t("seq.f.armName")}
                value={arm.name}
                error={errors.at(`branch/${arm.index}/name`)}
                onChange={(name) =>
                  setArm(arm.index, (one) => (name ? { ...one, name } : without(one, "name")), "name")
                }
              />
              <ConditionEditor
                label={t("seq.f.when")}
                value={arm.when ?? null}
                errors={errors.all(`branch/${arm.index}/when`)}
                onChange={(when, field) => setArm(arm.index, (one) => ({ ...one, when }), field)}
              />
            </>
          )}
        </section>
      ))}
      <div className="flex flex-wrap gap-2">
        <Button onPress={() => addArm({ when: { tag: "" }, steps: [] })}>{t("seq.f.addArm")}</Button>
        {missing.map((rest: Rest) => (
          <Button key={rest} tone="ghost" onPress={() => addArm({ [rest]: [] })}>
            {t(`seq.f.addRest.${rest}`)}
          </Button>
        ))}
      </div>
      <Confirm
        open={asked !== null}
        onClose={() => ask(null)}
        title={t("seq.f.removeArm", { name: asked ? armTitle(step, asked.index, t) : "" })}
        action={t("seq.do.delete")}
        onYes={() => asked && removeArm(asked)}
      >
        {t("seq.f.removeArmText", { n: asked ? [...walk(asked.steps)].length : 0 })}
      </Confirm>
    </div>
  );
}
