/** What is wrong and what to know, above the steps: each leads to its card. */
import { AlertTriangle, Info } from "lucide-react";
import { cx } from "../../../components/cx.ts";
import { useWords } from "../../../lib/language.ts";
import { titleOf } from "../../../lib/sequence/titles.ts";
import type { Step } from "../../../lib/sequence/document.ts";
import { find } from "../../../lib/sequence/tree.ts";
import type { Problem } from "./types.ts";

export function Problems({
  problems,
  steps,
  onGo,
}: {
  problems: readonly Problem[];
  steps: readonly Step[];
  onGo: (problem: Problem) => void;
}) {
  const errors = problems.filter((problem) => problem.level === "error");
  const warnings = problems.filter((problem) => problem.level === "warning");
  return (
    <div role="status">
      <Told level="error" problems={errors} steps={steps} onGo={onGo} />
      <Told level="warning" problems={warnings} steps={steps} onGo={onGo} />
    </div>
  );
}

function Told({
  level,
  problems,
  steps,
  onGo,
}: {
  level: Problem["level"];
  problems: readonly Problem[];
  steps: readonly Step[];
  onGo: (problem: Problem) => void;
}) {
  const t = useWords();
  if (!problems.length) return null;
  const wrong = level === "error";
  const Icon = wrong ? AlertTriangle : Info;
  return (
    <details
      className={cx(
        "group mb-2 rounded-lg border px-3 py-2 text-sm",
        wrong ? "border-bad bg-bad-tint text-bad" : "border-warn bg-warn-tint text-warn",
      )}
    >
      <summary className="flex min-h-6 cursor-pointer items-center gap-2 font-medium">
        <Icon size={16} aria-hidden />
        {t(wrong ? "seq.problems" : "seq.warnings", { n: problems.length })}
      </summary>
      <ul className="mt-1 max-h-48 space-y-1 overflow-auto">
        {problems.map((problem) => {
          const step = problem.step === null ? undefined : find(steps, problem.step);
          return (
            <li key={problem.path + problem.message}>
              <button type="button" onClick={() => onGo(problem)} className="min-h-6 text-left underline">
                {step ? titleOf(step, t) : t("seq.inHead")}: {problem.message}
              </button>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
