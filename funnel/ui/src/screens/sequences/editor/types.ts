/** What the parts of the editor tell each other. */
import type { Schemas } from "../../../api/client.ts";
import type { SequenceDocument, Step } from "../../../lib/sequence/document.ts";
import type { Lane } from "../../../lib/sequence/tree.ts";

export type Sequence = Schemas["SequenceOut"];
export type Problem = Schemas["ProblemOut"];
export type StepCount = Schemas["StepCountOut"];
export type Moment = Schemas["MomentOut"];
export type Change = Schemas["ChangeOut"];

/** Everything a person can do to the steps, by mouse or keyboard. Never another object: cards need not be drawn anew. */
export interface Actions {
  select: (id: string | null) => void;
  /** open the list of kinds beside the button that was pressed; `after` null: at the head of the list */
  add: (lane: Lane, after: string | null, button: HTMLElement) => void;
  menu: (id: string, button: HTMLElement) => void;
  moveTo: (lane: Lane, after: string | null) => void;
}

/** Which step's settings are open. Cards listen to it: another one chosen draws two of them, not all. */
export interface Selection {
  get: () => string | null;
  subscribe: (call: () => void) => () => void;
}

/** How the steps are shown now. */
export interface View {
  selection: Selection;
  problems: ReadonlyMap<string, readonly Problem[]>;
  /** null: this document was never live */
  counts: ReadonlyMap<string, StepCount> | null;
  /** of a simulation: what is written on each step that the lead comes to; null without one */
  walked: ReadonlyMap<string, string> | null;
  /** the step that looks for a new place */
  moving: Step | null;
  locked: boolean;
  actions: Actions;
}

/** One change of the document; typing in one field (`within`) is one entry of undo. */
export type Edit = (change: (document: SequenceDocument) => SequenceDocument, within?: string) => void;
export type EditStep = (change: (step: Step) => Step, within?: string) => void;
