/** What each action needs to know beside the leads: a tag, people, a stage, a sequence. */
import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../../../api/client.ts";
import { Checkbox, Select, TextField } from "../../../components/Field.tsx";
import { useColleagues } from "../../../lib/colleagues.ts";
import { stage as nameOfStage } from "../../../lib/facts.ts";
import { useWords } from "../../../lib/language.ts";
import type { ActionName } from "./BulkBar.tsx";

export interface Parts {
  tag?: string;
  owners?: number[];
  stage?: string;
  sequence?: string;
}

interface Asked {
  parts: Parts;
  errors: Readonly<Record<string, string[]>>;
  onChange: (parts: Parts) => void;
}

export function BulkParts({ action, ...asked }: Asked & { action: ActionName }) {
  const t = useWords();
  switch (action) {
    case "tag":
    case "untag":
      return (
        <TextField
          autoFocus
          label={t("leads.tag")}
          value={asked.parts.tag ?? ""}
          error={asked.errors.tag?.join(" ")}
          onChange={(tag) => asked.onChange({ tag })}
        />
      );
    case "assign":
      return <People {...asked} />;
    case "stage":
      return <Stage {...asked} />;
    case "enroll":
    case "take_out":
      return <Sequence {...asked} />;
  }
}

function People({ parts, errors, onChange }: Asked) {
  const t = useWords();
  const { active } = useColleagues();
  const owners = parts.owners ?? [];
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">{t("bulk.people")}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {active.map((user) => (
          <Checkbox
            key={user.id}
            isSelected={owners.includes(user.id)}
            onChange={(on) =>
              onChange({ owners: on ? [...owners, user.id] : owners.filter((other) => other !== user.id) })
            }
          >
            {user.name}
          </Checkbox>
        ))}
      </div>
      {errors.owners && <p className="mt-1 text-xs text-bad">{errors.owners.join(" ")}</p>}
    </fieldset>
  );
}

function Stage({ parts, errors, onChange }: Asked) {
  const t = useWords();
  const { data } = useQuery({
    queryKey: ["stages"],
    queryFn: () => ok(api.GET("/api/v1/stages")),
    staleTime: Infinity,
  });
  return (
    <Select
      label={t("leads.stage")}
      hint={t("bulk.stageHint")}
      error={errors.stage?.join(" ")}
      value={parts.stage ?? ""}
      onChange={(stage) => onChange({ stage })}
      choices={[
        { value: "", label: "–" },
        ...(data?.items ?? []).map(({ key }) => ({ value: key, label: nameOfStage(key, t) })),
      ]}
    />
  );
}

function Sequence({ parts, errors, onChange }: Asked) {
  const t = useWords();
  const { data } = useQuery({
    queryKey: ["sequences", "names"],
    queryFn: () => ok(api.GET("/api/v1/sequences", { params: { query: { limit: 500 } } })),
  });
  const running = (data?.items ?? []).filter((one) => one.status !== "draft");
  return (
    <Select
      label={t("bulk.sequence")}
      error={errors.sequence?.join(" ")}
      value={parts.sequence ?? ""}
      onChange={(sequence) => onChange({ sequence })}
      choices={[{ value: "", label: "–" }, ...running.map(({ key, name }) => ({ value: key, label: name ?? key }))]}
    />
  );
}
