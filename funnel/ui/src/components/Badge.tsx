/** A word with a tint; the word says it all, the tint only helps. */
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export type BadgeTone = "plain" | "brand" | "good" | "warn" | "bad" | "violet";

const TONES: Record<BadgeTone, string> = {
  plain: "bg-raised text-mute",
  brand: "bg-brand-tint text-brand",
  good: "bg-good-tint text-good",
  warn: "bg-warn-tint text-warn",
  bad: "bg-bad-tint text-bad",
  violet: "bg-violet-tint text-violet",
};

export function Badge({ tone = "plain", children }: { tone?: BadgeTone; children: ReactNode }) {
  return (
    <span className={cx("inline-block rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap", TONES[tone])}>
      {children}
    </span>
  );
}
