/** Whom the condition finds, as it stands in the editor: how many, and some of them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ApiError, api, ok, type Schemas } from "../../api/client.ts";
import { Card } from "../../components/Page.tsx";
import { StageBadge } from "../../components/StageBadge.tsx";
import { Loaded } from "../../components/States.tsx";
import { useLocale, useWords } from "../../lib/language.ts";
import { nameOf } from "../../lib/people.ts";
import type { Fields, Json } from "../../lib/sequence/document.ts";
import { useSettled } from "../../lib/settled.ts";

type Found = Schemas["SegmentPreviewOut"];

export function Preview({ condition }: { condition: Json }) {
  const t = useWords();
  const asked = useSettled(condition);
  const query = useQuery({
    queryKey: ["segments", "preview", JSON.stringify(asked)],
    queryFn: () => ok(api.POST("/api/v1/segments/preview", { body: { condition: asked as Fields } })),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const unfinished = query.error instanceof ApiError && query.error.code === "has_problems" ? query.error : null;
  return (
    <Card title={t("segments.preview")}>
      <div aria-live="polite" aria-busy={query.isFetching}>
        {unfinished ? (
          <Unfinished errors={unfinished.errors} />
        ) : (
          <Loaded query={query} lines={3}>
            {(found) => <Told found={found} />}
          </Loaded>
        )}
      </div>
    </Card>
  );
}

/** A row that is just being filled in is no reason for alarm. */
function Unfinished({ errors }: { errors: ApiError["errors"] }) {
  const t = useWords();
  return (
    <>
      <p className="text-sm text-mute">{t("segments.unfinished")}</p>
      <ul className="mt-1 list-disc pl-4 text-xs text-mute">
        {Object.entries(errors).map(([path, told]) => (
          <li key={path}>{told.join(" ")}</li>
        ))}
      </ul>
    </>
  );
}

function Told({ found }: { found: Found }) {
  const t = useWords();
  const locale = useLocale();
  if (found.count === null) return <p className="text-sm text-mute">{t("segments.tooMuch")}</p>;
  return (
    <>
      <p className="text-2xl font-semibold tabular-nums">
        {found.exact ? found.count.toLocaleString(locale) : t("segments.about", { n: found.count })}
      </p>
      <p className="text-xs text-mute">
        {found.exact ? t("segments.exact") : t("segments.sample", { n: found.looked_at })}
      </p>
      <ul className="mt-3 space-y-1">
        {found.examples.map((lead) => (
          <li key={lead.id} className="flex min-h-7 items-center justify-between gap-2 text-sm">
            <Link
              to="/leads/$id"
              params={{ id: String(lead.id) }}
              className="min-w-0 truncate text-brand hover:underline"
            >
              {nameOf(lead) || lead.email}
            </Link>
            <StageBadge stage={lead.stage} />
          </li>
        ))}
      </ul>
    </>
  );
}
