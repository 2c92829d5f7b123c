/** The leads at one step now: since when, until when, and out by hand. */
import { Link } from "@tanstack/react-router";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { UserRoundMinus } from "lucide-react";
import { useState } from "react";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Button, IconButton } from "../../../components/Button.tsx";
import { Confirm } from "../../../components/Dialog.tsx";
import { Moment } from "../../../components/Moment.tsx";
import { Loaded } from "../../../components/States.tsx";
import { useWords } from "../../../lib/language.ts";
import type { Say } from "../../../lib/sequence/titles.ts";
import { askAgain, MOVING, sequenceKey } from "../queries.ts";

type One = Schemas["OneInsideOut"];

const PAGE = 20;

export function Inside({ sequence, step, version }: { sequence: string; step: string; version: number }) {
  const t = useWords();
  const client = useQueryClient();
  const [leaving, leave] = useState<One | null>(null);
  const query = useInfiniteQuery({
    queryKey: [...sequenceKey(sequence), "inside", step, version],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/api/v1/sequences/{key}/enrollments", {
          params: {
            path: { key: sequence },
            query: { step, version, limit: PAGE, ...(pageParam && { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: MOVING,
  });
  const out = useMutation({
    mutationFn: (one: One) =>
      ok(
        api.DELETE("/api/v1/sequences/{key}/enrollments/{enrollment_id}", {
          params: { path: { key: sequence, enrollment_id: one.id } },
        }),
      ),
    onSuccess: () => askAgain(client, sequence),
  });
  return (
    <section aria-label={t("seq.in.title")} className="mt-4 space-y-2 border-t border-line pt-3">
      <h3 className="font-semibold">{t("seq.in.title")}</h3>
      <Loaded query={query} lines={2}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length === 0 ? (
            <p className="text-mute">{t("seq.in.none")}</p>
          ) : (
            <ul className="divide-y divide-line">
              {items.map((one) => (
                <li key={one.id} className="flex items-center gap-2 py-1.5">
                  <span className="min-w-0 flex-1">
                    <Link
                      to="/leads/$id"
                      params={{ id: String(one.lead_id) }}
                      className="block truncate font-medium text-brand underline"
                    >
                      {one.email}
                    </Link>
                    <span className="block text-xs text-mute">
                      {t("seq.in.since")} <Moment at={one.since} /> · <Until one={one} t={t} />
                    </span>
                  </span>
                  <IconButton label={t("seq.in.out", { email: one.email })} onPress={() => leave(one)}>
                    <UserRoundMinus size={16} aria-hidden />
                  </IconButton>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
      {query.hasNextPage && <Button onPress={() => void query.fetchNextPage()}>{t("common.more")}</Button>}
      <Confirm
        open={leaving !== null}
        onClose={() => leave(null)}
        title={t("seq.in.outAsk")}
        action={t("seq.in.outDo")}
        onYes={() => leaving && out.mutate(leaving)}
      >
        {t("seq.in.outText", { email: leaving?.email ?? "" })}
      </Confirm>
    </section>
  );
}

function Until({ one, t }: { one: One; t: Say }) {
  if (one.held === "error") return <>{t("seq.in.held.error", { reason: one.reason ?? "" })}</>;
  if (one.held === "message" || one.held === "paused" || one.held === "failed")
    return <>{t(`seq.in.held.${one.held}`)}</>;
  return one.due_at === null ? null : (
    <>
      {t("seq.in.next")} <Moment at={one.due_at} />
    </>
  );
}
