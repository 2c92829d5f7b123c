/** Which problem stands beside which field. */
import type { Problem } from "../editor/types.ts";

export interface Errors {
  /** what is wrong exactly there, or inside it; empty: nothing */
  at: (place: string) => string;
  all: (place: string) => string[];
}

/** Problems below `path` of the document, by the rest of their path. */
export function errorsBelow(problems: readonly Problem[], path: string): Errors {
  const told = problems.map((one) => ({
    place: path ? one.path.slice(path.length + 1) : one.path,
    message: one.message,
  }));
  const all = (place: string) =>
    told.filter((one) => one.place === place || one.place.startsWith(`${place}/`)).map((one) => one.message);
  return { all, at: (place) => all(place)[0] ?? "" };
}
