/**
 * Pure operations on the tree of steps. A place is a list and an index in it; a list is named by the branch that owns
 * it and the number of its arm. What an operation does not touch is the same object afterwards, so nothing else is drawn.
 */
import { type Kind, type Step, armsOf, kindOf, withArm } from "./document.ts";

/** `owner` null: the main list */
export interface Lane {
  readonly owner: string | null;
  readonly arm: number;
}

export interface Place {
  readonly lane: Lane;
  readonly index: number;
}

export const MAIN: Lane = { owner: null, arm: 0 };

/** Every step, in reading order. */
export function* walk(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    for (const arm of armsOf(step)) yield* walk(arm.steps);
  }
}

export function find(steps: readonly Step[], id: string): Step | undefined {
  for (const step of walk(steps)) if (step.id === id) return step;
  return undefined;
}

export function placeOf(steps: readonly Step[], id: string, lane: Lane = MAIN): Place | undefined {
  for (const [index, step] of steps.entries()) {
    if (step.id === id) return { lane, index };
    for (const arm of armsOf(step)) {
      const found = placeOf(arm.steps, id, { owner: step.id, arm: arm.index });
      if (found) return found;
    }
  }
  return undefined;
}

/** The steps of one list; none when there is no such list. */
export function listAt(steps: Step[], lane: Lane): Step[] {
  if (lane.owner === null) return steps;
  const owner = find(steps, lane.owner);
  return (owner && armsOf(owner)[lane.arm]?.steps) ?? [];
}

export function insert(steps: Step[], at: Place, ...fresh: Step[]): Step[] {
  return changeList(steps, at.lane, (list) => list.toSpliced(at.index, 0, ...fresh));
}

export function remove(steps: Step[], id: string): Step[] {
  const place = placeOf(steps, id);
  return place ? changeList(steps, place.lane, (list) => list.toSpliced(place.index, 1)) : steps;
}

/** A branch goes, the steps of one arm stay in its place. */
export function unwrap(steps: Step[], id: string, arm: number): Step[] {
  const place = placeOf(steps, id);
  const step = find(steps, id);
  if (!place || !step) return steps;
  return changeList(steps, place.lane, (list) => list.toSpliced(place.index, 1, ...(armsOf(step)[arm]?.steps ?? [])));
}

export function update(steps: Step[], id: string, change: (step: Step) => Step): Step[] {
  const place = placeOf(steps, id);
  if (!place) return steps;
  return changeList(steps, place.lane, (list) => list.map((step) => (step.id === id ? change(step) : step)));
}

/** Up or down within its list; at the end of the list nothing changes. */
export function shift(steps: Step[], id: string, by: -1 | 1): Step[] {
  const place = placeOf(steps, id);
  if (!place) return steps;
  return changeList(steps, place.lane, (list) => {
    const to = place.index + by;
    const other = list[to];
    if (!other) return list;
    return list.map((step, n) => (n === to ? (list[place.index] as Step) : n === place.index ? other : step));
  });
}

/** To another place, named as it was before the step left; into itself nothing moves. */
export function move(steps: Step[], id: string, to: Place): Step[] {
  const from = placeOf(steps, id);
  const step = find(steps, id);
  if (!from || !step || isInside(step, to.lane)) return steps;
  const same = from.lane.owner === to.lane.owner && from.lane.arm === to.lane.arm;
  const index = same && to.index > from.index ? to.index - 1 : to.index;
  return insert(remove(steps, id), { lane: to.lane, index }, step);
}

/** Whether a list lies inside this step, at any depth. */
export function isInside(step: Step, lane: Lane): boolean {
  return (
    lane.owner !== null &&
    (step.id === lane.owner ||
      find(
        armsOf(step).flatMap((arm) => arm.steps),
        lane.owner,
      ) !== undefined)
  );
}

/** A copy of a step and of all inside it, with ids that nothing else has. */
export function copyOf(step: Step, taken: ReadonlySet<string>): Step {
  const used = new Set(taken);
  const renamed = (one: Step): Step => {
    const id = freshId(one.id.replace(/-\d+$/, ""), used);
    used.add(id);
    const copy = { ...one, id };
    return armsOf(copy).reduce((done, arm) => withArm(done, arm.index, (list) => list.map(renamed)), copy);
  };
  return renamed(step);
}

export function ids(steps: readonly Step[]): Set<string> {
  return new Set([...walk(steps)].map((step) => step.id));
}

/** `wait-1`, `wait-2`: the first that is not taken. */
export function freshId(stem: string, taken: ReadonlySet<string>): string {
  const short = stem.slice(0, 56);
  for (let n = 1; ; n += 1) if (!taken.has(`${short}-${n}`)) return `${short}-${n}`;
}

/** A new step of a kind; what only a person can know is empty, and the service says so. */
export function freshStep(kind: Kind, taken: ReadonlySet<string>): Step {
  const id = freshId(kind, taken);
  switch (kind) {
    case "email":
      return { id, email: { subject: "", text: "" } };
    case "wait":
      return { id, wait: { for: "1 day" } };
    case "branch":
      return { id, branch: [{ when: { tag: "" }, steps: [] }, { otherwise: [] }] };
    case "leave":
      return { id, leave: true };
    default:
      return { id, [kind]: "" };
  }
}

/** What a keyboard user reaches from here: up and down in reading order, left and right to the neighbouring arm. */
export function neighbour(steps: Step[], id: string, way: "up" | "down" | "left" | "right"): string | undefined {
  if (way === "up" || way === "down") {
    const all = [...walk(steps)].map((step) => step.id);
    return all[all.indexOf(id) + (way === "up" ? -1 : 1)];
  }
  const place = placeOf(steps, id);
  if (!place?.lane.owner) return undefined;
  const owner = find(steps, place.lane.owner);
  const arms = owner ? armsOf(owner) : [];
  const step = way === "left" ? -1 : 1;
  for (let n = place.lane.arm + step; n >= 0 && n < arms.length; n += step) {
    const list = arms[n]?.steps ?? [];
    const beside = list[Math.min(place.index, list.length - 1)];
    if (beside) return beside.id;
  }
  return undefined;
}

function changeList(steps: Step[], lane: Lane, change: (list: Step[]) => Step[]): Step[] {
  if (lane.owner === null) return change(steps);
  let changed = false;
  const after = steps.map((step) => {
    if (changed || kindOf(step) !== "branch") return step;
    const now =
      step.id === lane.owner
        ? withArm(step, lane.arm, change)
        : armsOf(step).reduce((done, arm) => withArm(done, arm.index, (list) => changeList(list, lane, change)), step);
    changed = now !== step;
    return now;
  });
  return changed ? after : steps;
}

/** Where a step stands in the document, as the service's problems name it: `steps/2/branch/0/steps/1`. */
export function pathOf(steps: readonly Step[], id: string, path = "steps"): string | undefined {
  for (const [index, step] of steps.entries()) {
    const here = `${path}/${index}`;
    if (step.id === id) return here;
    for (const arm of armsOf(step)) {
      const found = pathOf(arm.steps, id, `${here}/branch/${arm.index}/${arm.kind === "when" ? "steps" : arm.kind}`);
      if (found) return found;
    }
  }
  return undefined;
}
