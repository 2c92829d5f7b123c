/** What the list of leads is narrowed to. Each change begins at the first page again. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api, ok } from "../../api/client.ts";
import { Chip } from "../../components/Chip.tsx";
import { SearchField, Select, TextField } from "../../components/Field.tsx";
import { stage as nameOfStage } from "../../lib/facts.ts";
import { useWords } from "../../lib/language.ts";

const route = getRouteApi("/leads");
/** milliseconds without a key before the list is asked again */
const PAUSE = 250;

export function Filters() {
  const t = useWords();
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const stages = useQuery({ queryKey: ["stages"], queryFn: () => ok(api.GET("/api/v1/stages")), staleTime: Infinity });
  const narrow = (change: Partial<typeof asked>) =>
    void navigate({ search: { ...asked, cursor: undefined, ...change }, replace: true });
  const choices = [
    { value: "", label: t("leads.anyStage") },
    ...(stages.data?.items ?? []).map(({ key }) => ({ value: key, label: nameOfStage(key, t) })),
  ];
  return (
    <div role="group" aria-label={t("leads.filters")} className="mb-4">
      <div className="flex flex-wrap items-start gap-2">
        <Typed value={asked.search ?? ""} onRest={(search) => narrow({ search: search || undefined })} />
        <Select
          hidden
          label={t("leads.stage")}
          className="min-w-40 max-sm:flex-1"
          choices={choices}
          value={asked.stage ?? ""}
          onChange={(stage) => narrow({ stage: stage || undefined })}
        />
        <TagFilter onTag={(tag) => narrow({ tag })} />
      </div>
      {(asked.stage || asked.tag) && (
        <div className="mt-2 flex flex-wrap gap-2">
          {asked.stage && (
            <Chip
              text={t("leads.stageIs", { name: nameOfStage(asked.stage, t) })}
              onRemove={() => narrow({ stage: undefined })}
            />
          )}
          {asked.tag && (
            <Chip text={t("leads.tagIs", { name: asked.tag })} onRemove={() => narrow({ tag: undefined })} />
          )}
        </div>
      )}
    </div>
  );
}

function Typed({ value, onRest }: { value: string; onRest: (text: string) => void }) {
  const t = useWords();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]); // somebody went back in the browser
  useEffect(() => {
    if (typed.trim() === value) return undefined;
    const timer = setTimeout(() => onRest(typed.trim()), PAUSE);
    return () => clearTimeout(timer);
  });
  return (
    <SearchField
      label={t("common.search")}
      clear={t("leads.clear")}
      placeholder={t("leads.search")}
      value={typed}
      onChange={setTyped}
      className="min-w-0 flex-1 basis-64 sm:max-w-sm"
    />
  );
}

/** A tag is asked for whole: Enter puts it on. */
function TagFilter({ onTag }: { onTag: (tag: string) => void }) {
  const t = useWords();
  const [tag, setTag] = useState("");
  const put = (event: React.FormEvent) => {
    event.preventDefault();
    if (tag.trim()) onTag(tag.trim());
    setTag("");
  };
  return (
    <form onSubmit={put} className="max-sm:flex-1">
      <TextField
        hidden
        label={t("leads.tag")}
        placeholder={t("leads.tag")}
        value={tag}
        onChange={setTag}
        className="sm:w-40"
      />
    </form>
  );
}
