/** Short news at the lower edge, said aloud to those who do not see it: `toast("Saved.")`. */
import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useWords } from "../lib/language.ts";
import { IconButton } from "./Button.tsx";
import { cx } from "./cx.ts";

interface News {
  id: number;
  text: string;
  tone: "good" | "bad";
}

/** milliseconds; bad news stays until it is closed */
const LASTS = 6_000;
let news: readonly News[] = [];
let last = 0;
const calls = new Set<() => void>();

function show(next: readonly News[]): void {
  news = next;
  for (const call of calls) call();
}

const drop = (id: number) => show(news.filter((one) => one.id !== id));

export function toast(text: string, tone: News["tone"] = "good"): void {
  last += 1;
  const id = last;
  show([...news.slice(-2), { id, text, tone }]);
  if (tone === "good") setTimeout(() => drop(id), LASTS);
}

export function Toasts() {
  const t = useWords();
  const shown = useSyncExternalStore(
    (call) => {
      calls.add(call);
      return () => calls.delete(call);
    },
    () => news,
  );
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-4 z-50 grid justify-items-center gap-2 px-4"
    >
      {shown.map((one) => (
        <div
          key={one.id}
          className={cx(
            "pointer-events-auto flex items-center gap-2 rounded-lg border bg-card py-1 pr-1 pl-4 text-sm shadow-lg",
            one.tone === "bad" ? "border-bad text-bad" : "border-line",
          )}
        >
          {one.text}
          <IconButton label={t("common.close")} onPress={() => drop(one.id)}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
