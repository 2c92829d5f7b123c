/** Small values of this browser (language, appearance), and who wants to know when they change. */

export interface Lasting<T extends string> {
  get(): T;
  set(value: T): void;
  subscribe(call: () => void): () => void;
}

/** Kept under `name` in localStorage, where there is one; `first` is asked when nothing fitting was kept. */
export function lasting<T extends string>(name: string, choices: readonly T[], first: () => T): Lasting<T> {
  const calls = new Set<() => void>();
  let value = choices.find((choice) => choice === read(name)) ?? first();
  return {
    get: () => value,
    set(next) {
      value = next;
      write(name, next);
      for (const call of calls) call();
    },
    subscribe(call) {
      calls.add(call);
      return () => calls.delete(call);
    },
  };
}

// A browser may forbid storage altogether; then a choice lasts as long as the page.
function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    return;
  }
}
