/** Which steps a simulated lead comes to, and when: what stands on their cards. */
import { useCallback, useState } from "react";
import { useLocale } from "../../../lib/language.ts";
import type { Moment } from "./types.ts";

export function useWalked() {
  const locale = useLocale();
  const [walked, setWalked] = useState<ReadonlyMap<string, string>>(new Map());
  const show = useCallback(
    (moments: readonly Moment[]) => {
      const found = new Map<string, string>();
      for (const { step, at } of moments) {
        if (step !== null && !found.has(step))
          found.set(
            step,
            `${found.size + 1}. ${new Date(at).toLocaleDateString(locale, { weekday: "short", day: "numeric", month: "short" })}`,
          );
      }
      setWalked(found);
    },
    [locale],
  );
  return { walked, show };
}
