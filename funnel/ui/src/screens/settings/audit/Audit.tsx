/** The audit log: who did what to what, newest first. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { TextField } from "../../../components/Field.tsx";
import { EmptyState, ErrorBox, Skeleton } from "../../../components/States.tsx";
import { type Column, Table } from "../../../components/Table.tsx";
import { exact } from "../../../lib/dates.ts";
import { useLocale, useWords } from "../../../lib/language.ts";
import "../../../words/privacy.ts";

type Entry = Schemas["AuditEntryOut"];
const FILTERS = ["actor", "action", "subject"] as const;
type Wanted = Partial<Record<(typeof FILTERS)[number], string>>;

export function Audit() {
  const t = useWords();
  const [typed, type] = useState<Wanted>({});
  const [wanted, want] = useState<Wanted>({});
  const query = useInfiniteQuery({
    queryKey: ["audit", wanted],
    queryFn: ({ pageParam }) =>
      ok(api.GET("/api/v1/audit", { params: { query: { ...wanted, cursor: pageParam ?? undefined, limit: 50 } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const entries = query.data?.pages.flatMap((page) => page.items);
  return (
    <div className="grid grid-cols-1 gap-4">
      <p className="max-w-2xl">{t("audit.text")}</p>
      <form
        className="grid grid-cols-1 items-end gap-3 sm:grid-cols-4"
        onSubmit={(event) => {
          event.preventDefault();
          want(Object.fromEntries(Object.entries(typed).filter(([, text]) => text)));
        }}
      >
        {FILTERS.map((name) => (
          <TextField
            key={name}
            label={t(`audit.${name}`)}
            placeholder={t(`audit.${name}Hint`)}
            value={typed[name] ?? ""}
            onChange={(text) => type({ ...typed, [name]: text.trim() })}
            maxLength={64}
          />
        ))}
        <Button type="submit">{t("audit.filter")}</Button>
      </form>
      {query.error && <ErrorBox error={query.error} onAgain={() => void query.refetch()} />}
      {!entries && !query.error && <Skeleton />}
      {entries && (entries.length === 0 ? <EmptyState title={t("audit.none")} /> : <Entries entries={entries} />)}
      {query.hasNextPage && (
        <div className="flex justify-end">
          <Button onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>
            {t("audit.more")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Entries({ entries }: { entries: readonly Entry[] }) {
  const t = useWords();
  const locale = useLocale();
  const columns: Column<Entry>[] = [
    {
      id: "at",
      title: t("privacy.when"),
      cell: (entry) => <time dateTime={entry.at}>{exact(entry.at, locale)}</time>,
    },
    { id: "actor", title: t("audit.actor"), cell: (entry) => entry.actor },
    { id: "action", title: t("audit.action"), cell: (entry) => <code className="text-xs">{entry.action}</code> },
    { id: "subject", title: t("audit.subject"), cell: (entry) => <code className="text-xs">{entry.subject}</code> },
    { id: "network", title: t("audit.from"), wide: true, cell: (entry) => entry.network },
  ];
  return <Table label={t("audit.title")} columns={columns} rows={entries} rowKey={(entry) => entry.id} />;
}
