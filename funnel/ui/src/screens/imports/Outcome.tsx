/** How far it is, what a run would do, what became of it, and who may be mailed. */
import { Fact, Facts } from "../../components/Facts.tsx";
import { Card } from "../../components/Page.tsx";
import { Stat } from "../../components/Stat.tsx";
import { useLocale, useWords } from "../../lib/language.ts";
import { isKey } from "../../words/words.ts";
import { type Import, isWorking } from "./queries.ts";
import "../../words/imports.ts";

type Counts = NonNullable<Import["result"]>;

const COUNTED = ["new", "updated", "unchanged", "refused"] as const;
const FAILURES = ["encoding", "quote", "nul"] as const;

export function Outcome({ one }: { one: Import }) {
  const t = useWords();
  if (isWorking(one)) return <Progress one={one} />;
  const counts = one.result ?? one.checked;
  return (
    <div aria-live="polite" className="grid grid-cols-1 gap-4">
      {one.job?.status === "failed" && <Failure reason={one.job.reason ?? ""} />}
      {counts && (
        <Card title={t(one.result ? "import.report" : "import.would")}>
          {one.result && <MayMail counts={one.result} />}
          <Numbers counts={counts} />
          {one.checked?.refusing ? <p className="mt-3">{t("import.refusing", { n: one.checked.refusing })}</p> : null}
        </Card>
      )}
    </div>
  );
}

function Progress({ one }: { one: Import }) {
  const t = useWords();
  const { done, total } = one.job ?? { done: 0, total: null };
  const part = total ? done / total : undefined;
  return (
    <Card title={t("import.progress")}>
      <progress aria-label={t("import.progress")} value={part} max={1} className="h-2 w-full accent-brand" />
    </Card>
  );
}

function Failure({ reason }: { reason: string }) {
  const t = useWords();
  const [word, line] = reason.split(" in line ");
  const known = FAILURES.find((one) => one === word);
  return (
    <p role="alert" className="font-medium text-bad">
      {t("import.failed", { reason: known ? t(`import.failed.${known}`, { line: line ?? "" }) : reason })}
    </p>
  );
}

function Numbers({ counts }: { counts: Counts }) {
  const t = useWords();
  const locale = useLocale();
  return (
    <dl className="grid grid-cols-2 gap-3 md:grid-cols-4">
      {COUNTED.map((name) => (
        <Stat key={name} label={t(`import.count.${name}`)} value={(counts[name] ?? 0).toLocaleString(locale)} />
      ))}
    </dl>
  );
}

function MayMail({ counts }: { counts: Counts }) {
  const t = useWords();
  const locale = useLocale();
  const reasons = Object.entries(counts.may_not ?? {}).sort(([, one], [, other]) => other - one);
  const may = counts.may_mail ?? 0;
  const people = reasons.reduce((sum, [, number]) => sum + number, may);
  const named = (reason: string) => {
    const key = `reason.${reason}`;
    return isKey(key) ? t(key) : reason;
  };
  return (
    <div className="mb-4">
      <p className="mb-2 text-lg font-semibold">{t("import.mayMail", { may, n: people })}</p>
      {reasons.length > 0 && (
        <Facts>
          {reasons.map(([reason, number]) => (
            <Fact key={reason} name={named(reason)}>
              <span className="tabular-nums">{number.toLocaleString(locale)}</span>
            </Fact>
          ))}
        </Facts>
      )}
    </div>
  );
}
