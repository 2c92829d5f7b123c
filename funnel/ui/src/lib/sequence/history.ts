/** Undo and redo. Typing in one field is one entry; saving touches nothing here, so undo survives it. */

export interface History<T> {
  readonly past: readonly T[];
  readonly now: T;
  readonly next: readonly T[];
  /** what the last change belonged to: another one of the same replaces it */
  readonly within: string | null;
}

/** entries that are kept */
export const MOST = 200;

export const begin = <T>(now: T): History<T> => ({ past: [], now, next: [], within: null });

/** `within` names the field that is being typed in; null for a change that stands alone. */
export function change<T>(history: History<T>, now: T, within: string | null = null): History<T> {
  if (now === history.now) return history;
  if (within !== null && within === history.within) return { ...history, now, next: [] };
  return { past: [...history.past.slice(1 - MOST), history.now], now, next: [], within };
}

/** The field was left: what is typed there next is another entry. */
export function seal<T>(history: History<T>): History<T> {
  return history.within === null ? history : { ...history, within: null };
}

export function undo<T>(history: History<T>): History<T> {
  if (!history.past.length) return history;
  return {
    past: history.past.slice(0, -1),
    now: history.past.at(-1) as T,
    next: [history.now, ...history.next],
    within: null,
  };
}

export function redo<T>(history: History<T>): History<T> {
  if (!history.next.length) return history;
  return { past: [...history.past, history.now], now: history.next[0] as T, next: history.next.slice(1), within: null };
}
