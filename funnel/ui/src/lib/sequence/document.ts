/** The sequence document as the editor reads it. A draft may hold anything: what is not understood is kept as it is. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Fields = { [key: string]: Json };

export const KINDS = ["email", "wait", "branch", "stage", "tag", "untag", "leave"] as const;
export type Kind = (typeof KINDS)[number];

/** A step: an id, one kind with its value, perhaps `on_failure`. */
export type Step = Fields & { id: string };

export interface SequenceDocument {
  [part: string]: Json | Step[];
  steps: Step[];
}

/** Arms that hold a list of steps under this word, without a condition. */
export const RESTS = ["otherwise", "unmeasurable"] as const;
export type Rest = (typeof RESTS)[number];

export interface Arm {
  /** where it stands in the branch */
  index: number;
  /** `when` for those with a condition */
  kind: "when" | Rest;
  name: string;
  when: Json | undefined;
  steps: Step[];
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isStep = (value: unknown): value is Step => isFields(value) && typeof value.id === "string";

/** A list of steps that can be shown; what is no step, or has no id, cannot. */
export const isSteps = (value: unknown): value is Step[] => Array.isArray(value) && value.every(isStep);

/** The draft as the API gave it; null when no cards can be drawn of it. */
export function readDocument(draft: unknown): SequenceDocument | null {
  if (!isFields(draft)) return null;
  const document = { ...draft, steps: draft.steps ?? [] };
  if (!isSteps(document.steps)) return null;
  return drawable(document.steps, new Set()) ? (document as SequenceDocument) : null;
}

/** Whether each step has an id of its own and each arm a list: then every card has its place. */
function drawable(steps: Step[], seen: Set<string>): boolean {
  return steps.every((step) => {
    if (seen.has(step.id)) return false;
    seen.add(step.id);
    if (step.branch === undefined) return true;
    return (
      Array.isArray(step.branch) &&
      step.branch.every((arm) => {
        const inside = isFields(arm) ? arm[wordOf(arm)] : undefined;
        return isSteps(inside) && drawable(inside, seen);
      })
    );
  });
}

export function kindOf(step: Step): Kind | undefined {
  return KINDS.find((kind) => kind in step);
}

export function armsOf(step: Step): Arm[] {
  if (!Array.isArray(step.branch)) return [];
  return step.branch.map((value, index) => {
    const arm = isFields(value) ? value : {};
    const word = wordOf(arm);
    const steps = arm[word];
    return {
      index,
      kind: word === "steps" ? "when" : word,
      name: typeof arm.name === "string" ? arm.name : "",
      when: arm.when,
      steps: isSteps(steps) ? steps : [],
    };
  });
}

/** Under which word an arm keeps its steps. */
function wordOf(arm: Fields): "steps" | Rest {
  return RESTS.find((rest) => rest in arm) ?? "steps";
}

/** The same arm with other steps. */
export function withArm(step: Step, index: number, change: (steps: Step[]) => Step[]): Step {
  if (!Array.isArray(step.branch)) return step;
  const branch = step.branch.map((arm, n) => {
    if (n !== index || !isFields(arm)) return arm;
    const word = wordOf(arm);
    const before = isSteps(arm[word]) ? arm[word] : [];
    const after = change(before);
    return after === before ? arm : { ...arm, [word]: after };
  });
  return branch.every((arm, n) => arm === (step.branch as Json[])[n]) ? step : { ...step, branch };
}

/** How the API names an arm: the number among those with a condition, from 1, or its word. */
export function answerOf(arms: readonly Arm[], arm: Arm): string {
  return arm.kind === "when"
    ? String(arms.filter((one) => one.kind === "when" && one.index <= arm.index).length)
    : arm.kind;
}
