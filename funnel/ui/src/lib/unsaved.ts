/** Who has typed what is not saved yet: then nothing leaves the page without asking. */
import { useBlocker } from "@tanstack/react-router";
import { useEffect } from "react";
import { useWords } from "./language.ts";

let holders = 0;

export function isAnythingUnsaved(): boolean {
  return holders > 0;
}

/** Call with true while there is something to lose. Leaving asks first; an ended login does not lead away. */
export function useUnsaved(dirty: boolean): void {
  const t = useWords();
  useEffect(() => {
    if (!dirty) return undefined;
    holders += 1;
    return () => {
      holders -= 1;
    };
  }, [dirty]);
  useBlocker({
    shouldBlockFn: () => dirty && !window.confirm(t("common.unsaved")),
    enableBeforeUnload: () => dirty,
  });
}
