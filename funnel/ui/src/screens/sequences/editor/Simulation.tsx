/** A lead walked through the sequence by the engine's own rules; nothing is sent. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, ApiError, ok } from "../../../api/client.ts";
import { Select, TextField } from "../../../components/Field.tsx";
import { ErrorBox, Skeleton } from "../../../components/States.tsx";
import { useLocale, useWords } from "../../../lib/language.ts";
import { type Step, answerOf, armsOf } from "../../../lib/sequence/document.ts";
import { armTitle, momentWords, titleOf } from "../../../lib/sequence/titles.ts";
import { find, walk } from "../../../lib/sequence/tree.ts";
import { sequenceKey } from "../queries.ts";
import { useStages } from "../../../lib/known.ts";
import type { Moment } from "./types.ts";

/** milliseconds of quiet before it is walked again */
const QUIET = 300;

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), QUIET);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function Simulation({
  sequence,
  version,
  revision,
  steps,
  onWalked,
  onGo,
}: {
  sequence: string;
  version: number | null;
  revision: number;
  steps: readonly Step[];
  onWalked: (moments: readonly Moment[]) => void;
  onGo: (id: string) => void;
}) {
  const t = useWords();
  const stages = useStages();
  const [who, setWho] = useState("sample");
  const [email, setEmail] = useState("");
  const [stage, setStage] = useState("");
  const [tags, setTags] = useState("");
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const branches = [...walk(steps)].filter((step) => armsOf(step).length);
  const real = who === "real";
  const wanted = useSettled(email.trim());
  const lead = useQuery({
    queryKey: ["leads", "by-email", wanted],
    enabled: real && wanted !== "",
    queryFn: async () =>
      (await ok(api.GET("/api/v1/leads", { params: { query: { email: wanted } } }))).items[0] ?? null,
  });
  const given = Object.fromEntries(
    Object.entries(answers).filter(([id, answer]) => answer && branches.some((branch) => branch.id === id)),
  );
  const sample = useSettled(
    JSON.stringify({
      ...(stage && { stage }),
      tags: tags
        .split(",")
        .map((tag) => tag.trim())
        .filter(Boolean),
    }),
  );
  const body = {
    version,
    answers: given,
    ...(real ? { lead_id: lead.data?.id as number } : { sample: JSON.parse(sample) as object }),
  };
  const asked = useQuery({
    queryKey: [...sequenceKey(sequence), "simulation", revision, JSON.stringify(body)],
    enabled: !real || Boolean(lead.data),
    retry: false,
    placeholderData: (before) => before,
    queryFn: () => ok(api.POST("/api/v1/sequences/{key}/simulate", { params: { path: { key: sequence } }, body })),
  });
  const result = real && !lead.data ? undefined : asked.data;
  useEffect(() => onWalked(result?.moments ?? []), [result, onWalked]);
  useEffect(() => () => onWalked([]), [onWalked]);
  return (
    <div className="space-y-3">
      <p className="text-mute">{t("seq.sim.nothing")}</p>
      <Select
        label={t("seq.sim.who")}
        value={who}
        onChange={setWho}
        choices={[
          { value: "sample", label: t("seq.sim.sample") },
          { value: "real", label: t("seq.sim.real") },
        ]}
      />
      {real ? (
        <TextField
          label={t("seq.sim.email")}
          value={email}
          onChange={setEmail}
          type="email"
          error={lead.data === null ? t("seq.sim.nobody") : ""}
        />
      ) : (
        <div className="flex items-end gap-2 [&>*]:min-w-0 [&>*]:flex-1">
          <Select
            label={t("seq.f.stage")}
            value={stage || (stages[0] ?? "")}
            onChange={setStage}
            choices={stages.map((one) => ({ value: one, label: one }))}
          />
          <TextField label={t("seq.sim.tags")} value={tags} onChange={setTags} />
        </div>
      )}
      {branches.map((branch) => (
        <Select
          key={branch.id}
          label={titleOf(branch, t)}
          value={answers[branch.id] ?? ""}
          onChange={(answer) => setAnswers({ ...answers, [branch.id]: answer })}
          choices={[
            { value: "", label: t("seq.sim.asData") },
            ...armsOf(branch).map((arm, n, arms) => ({ value: answerOf(arms, arm), label: armTitle(branch, n, t) })),
          ]}
        />
      ))}
      {asked.error ? (
        <Refused error={asked.error} />
      ) : result ? (
        <Timeline moments={result.moments} zone={result.zone ?? "UTC"} steps={steps} onGo={onGo} />
      ) : (
        asked.isFetching && <Skeleton />
      )}
    </div>
  );
}

function Refused({ error }: { error: Error }) {
  const t = useWords();
  if (!(error instanceof ApiError) || error.code !== "has_problems") return <ErrorBox error={error} />;
  const told = Object.values(error.errors).flat();
  return (
    <div role="alert" className="rounded-lg border border-bad p-3 text-bad">
      <p className="font-medium">{t("seq.problems", { n: told.length })}</p>
      <ul className="mt-1 list-disc pl-5">
        {told.map((message) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
    </div>
  );
}

function Timeline({
  moments,
  zone,
  steps,
  onGo,
}: {
  moments: readonly Moment[];
  zone: string;
  steps: readonly Step[];
  onGo: (id: string) => void;
}) {
  const t = useWords();
  const locale = useLocale();
  const told = moments.flatMap((moment, n) =>
    moment.what === "stays"
      ? []
      : [{ ...moment, waited: moment.what === "mail sent" && moments[n - 1]?.at !== moment.at }],
  );
  const date = (at: string) =>
    new Date(at).toLocaleString(locale, {
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
      timeZone: zone,
    });
  return (
    <section aria-label={t("seq.sim.result")} className="space-y-2 border-t border-line pt-3">
      <h3 className="font-semibold">{t("seq.sim.result")}</h3>
      <p className="text-xs text-mute">{t("seq.sim.utc", { zone })}</p>
      <ol className="space-y-2.5 border-l-2 border-line pl-3">
        {told.map((moment, n) => {
          const step = moment.step === null ? undefined : find(steps, moment.step);
          return (
            <li key={n}>
              <span className="block text-xs text-mute tabular-nums">{date(moment.at)}</span>
              {step && !moment.what.startsWith("ended") && (
                <button
                  type="button"
                  onClick={() => onGo(step.id)}
                  className="block min-h-6 max-w-full truncate text-left underline"
                >
                  {titleOf(step, t)}
                </button>
              )}
              <span className="font-medium">{momentWords(moment.what, t)}</span>
              {moment.waited && <span className="text-mute"> · {t("seq.moment.window")}</span>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
