/** What the list of leads is narrowed to, and its order. Each change begins at the first page again. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { SlidersHorizontal } from "lucide-react";
import { useEffect, useState } from "react";
import { api, ok } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Chip } from "../../components/Chip.tsx";
import { SearchField, Select } from "../../components/Field.tsx";
import { stage as nameOfStage } from "../../lib/facts.ts";
import { useColleagues } from "../../lib/colleagues.ts";
import { useWords } from "../../lib/language.ts";
import { type Asked, FILTERS, type FilterName, SORTS, sortOf } from "./asked.ts";
import { MoreFilters, TagFilter } from "./MoreFilters.tsx";
import { OwnerFilter } from "./OwnerFilter.tsx";

const route = getRouteApi("/leads");
/** milliseconds without a key before the list is asked again */
const PAUSE = 250;

export function Filters() {
  const t = useWords();
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const [more, setMore] = useState(false);
  const stages = useQuery({ queryKey: ["stages"], queryFn: () => ok(api.GET("/api/v1/stages")), staleTime: Infinity });
  const narrow = (change: Asked) =>
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
        <OwnerFilter asked={asked} onNarrow={narrow} />
        <TagFilter label={t("leads.tag")} onTag={(tag) => narrow({ tag })} />
        <Select
          hidden
          label={t("leads.sort")}
          className="min-w-40 max-sm:flex-1"
          choices={SORTS.map((sort) => ({ value: sort, label: t(`leads.sort.${sort}`) }))}
          value={sortOf(asked)}
          onChange={(sort) => narrow({ sort: sort === "newest" ? undefined : sort })}
        />
        <Button aria-expanded={more} onPress={() => setMore(!more)}>
          <SlidersHorizontal size={16} aria-hidden /> {t("leads.more")}
        </Button>
      </div>
      {more && <MoreFilters asked={asked} onNarrow={narrow} />}
      <Chips asked={asked} onNarrow={narrow} />
    </div>
  );
}

function Chips({ asked, onNarrow }: { asked: Asked; onNarrow: (change: Asked) => void }) {
  const t = useWords();
  const { name: nameOf } = useColleagues();
  const told = (name: FilterName, value: string) => {
    if (name === "owner") return nameOf(Number(value) || null);
    if (name === "stage") return nameOfStage(value, t);
    if (name === "may_mail") return t(value === "yes" ? "leads.mail.yes" : "leads.mail.no");
    return value;
  };
  const given = FILTERS.flatMap((name) => (asked[name] === undefined ? [] : [{ name, value: asked[name] }]));
  if (given.length === 0) return null;
  return (
    <div className="mt-2 flex flex-wrap gap-2">
      {given.map(({ name, value }) => (
        <Chip
          key={name}
          text={t(`leads.is.${name}`, { name: told(name, value) })}
          onRemove={() => onNarrow({ [name]: undefined })}
        />
      ))}
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
