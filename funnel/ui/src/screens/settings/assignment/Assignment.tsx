/** Rules that share new leads out: asked in their order, their people take turns. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { ErrorBox, Loaded } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";
import { useMay } from "../../../lib/may.ts";
import { HandOver } from "./HandOver.tsx";
import { type Draft, RuleCard } from "./RuleCard.tsx";

const KEY = ["assignment"];

export function Assignment() {
  const t = useWords();
  const may = useMay();
  const query = useQuery({ queryKey: KEY, queryFn: () => ok(api.GET("/api/v1/assignment")) });
  return (
    <>
      <p className="mb-4 max-w-prose text-mute">{t("assignment.text")}</p>
      <Loaded query={query} lines={3}>
        {({ rules }) => <Rules rules={rules} key={JSON.stringify(rules)} />}
      </Loaded>
      {may("users:write") && <HandOver />}
    </>
  );
}

const draft = (rule: Schemas["RuleOut"], n: number): Draft => ({
  id: n,
  name: rule.name,
  condition: rule.condition ? JSON.stringify(rule.condition) : "",
  owners: rule.owners,
});

/** undefined: what was written is no JSON */
function parsed(written: string): Record<string, unknown> | null | undefined {
  if (!written.trim()) return null;
  try {
    return JSON.parse(written) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function Rules({ rules }: { rules: Schemas["RuleOut"][] }) {
  const t = useWords();
  const may = useMay()("rules:write");
  const client = useQueryClient();
  const [drafts, setDrafts] = useState(() => rules.map(draft));
  const save = useMutation({
    mutationFn: () =>
      ok(
        api.PUT("/api/v1/assignment", {
          body: {
            rules: drafts.map(({ name, condition, owners }) => ({
              name,
              condition: parsed(condition) ?? null,
              owners,
            })),
          },
        }),
      ),
    onSuccess: async () => {
      toast(t("assignment.saved"));
      await client.invalidateQueries({ queryKey: KEY });
    },
  });
  const errors = save.error instanceof ApiError ? save.error.errors : {};
  const broken = drafts.some(({ condition }) => parsed(condition) === undefined);
  const change = (id: number, to: Partial<Draft>) =>
    setDrafts(drafts.map((one) => (one.id === id ? { ...one, ...to } : one)));
  const up = (n: number) => setDrafts([...drafts.slice(0, n - 1), ...pair(drafts, n), ...drafts.slice(n + 1)]);
  const add = () =>
    setDrafts([
      ...drafts,
      { id: Math.max(0, ...drafts.map((one) => one.id)) + 1, name: "", condition: "", owners: [] },
    ]);
  return (
    <div className="grid max-w-2xl gap-4">
      {drafts.length === 0 && <p className="text-mute">{t("assignment.none")}</p>}
      {drafts.map((one, n) => (
        <RuleCard
          key={one.id}
          rule={one}
          disabled={!may}
          broken={parsed(one.condition) === undefined}
          errors={below(errors, `rules.${n}`)}
          onChange={(to) => change(one.id, to)}
          onUp={n > 0 ? () => up(n) : undefined}
          onRemove={() => setDrafts(drafts.filter((other) => other !== one))}
        />
      ))}
      {save.error && Object.keys(errors).length === 0 && <ErrorBox error={save.error} />}
      {may && (
        <div className="flex flex-wrap justify-between gap-2">
          <Button onPress={add}>{t("assignment.add")}</Button>
          <Button tone="primary" isDisabled={broken || save.isPending} onPress={() => save.mutate()}>
            {t("assignment.save")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** The one at `n` and the one before it, changed about. */
function pair(drafts: readonly Draft[], n: number): Draft[] {
  const [before, one] = drafts.slice(n - 1, n + 1);
  return before && one ? [one, before] : [];
}

/** What the service said of one rule, by the name of its part. */
function below(errors: Readonly<Record<string, string[]>>, path: string): Record<string, string> {
  const own = Object.entries(errors).filter(([key]) => key.startsWith(`${path}.`));
  return Object.fromEntries(own.map(([key, said]) => [key.slice(path.length + 1).split(".")[0] ?? "", said.join(" ")]));
}
