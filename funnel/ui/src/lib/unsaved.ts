/** Who has typed what is not saved yet: then nothing leaves the page without asking. */
import { useBlocker } from "@tanstack/react-router";
import { useEffect } from "react";
import { useWords } from "./language.ts";

let holders = 0;

export function isAnythingUnsaved(): boolean {
  return holders > 0;
}

/**
 * Call with true while there is something to lose: closing the window asks first, an ended login does not lead away.
 * `ask`: going to another screen asks as well, because what is typed would not be saved on the way.
 */
export function useUnsaved(dirty: boolean, ask = dirty): void {
  const t = useWords();
  useEffect(() => {
    if (!dirty) return undefined;
    holders += 1;
    return () => {
      holders -= 1;
    };
  }, [dirty]);
  useBlocker({
    shouldBlockFn: () => ask && !window.confirm(t("common.unsaved")),
    enableBeforeUnload: () => dirty,
  });
}
