/** Leads that may be one person, as they were found when all were last compared. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { Button } from "../../components/Button.tsx";
import { Card, Page } from "../../components/Page.tsx";
import { EmptyState, ErrorBox, Loaded } from "../../components/States.tsx";
import { exact } from "../../lib/dates.ts";
import { useLocale, useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import { nameOf } from "../../lib/people.ts";
import { MergeDialog } from "../lead/MergeDialog.tsx";

type Lead = Schemas["LeadOut"];
/** milliseconds between two looks while leads are compared */
const SOON = 1_000;

export function Duplicates() {
  const t = useWords();
  const locale = useLocale();
  const may = useMay();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["duplicates"],
    queryFn: () => ok(api.GET("/api/v1/duplicates")),
    refetchInterval: (asked) => (asked.state.data?.job ? SOON : false),
  });
  const find = useMutation({
    mutationFn: () => ok(api.POST("/api/v1/duplicates")),
    onSuccess: () => client.invalidateQueries({ queryKey: ["duplicates"] }),
  });
  const running = find.isPending || Boolean(query.data?.job);
  return (
    <Page
      title={t("duplicates.title")}
      beside={
        may("leads:write") && (
          <Button tone="primary" isDisabled={running} onPress={() => find.mutate()}>
            {t(running ? "duplicates.running" : "duplicates.find")}
          </Button>
        )
      }
    >
      {find.error && <ErrorBox error={find.error} />}
      <Loaded query={query} lines={4}>
        {({ items, looked_at: looked }) =>
          items.length === 0 ? (
            <EmptyState title={t(looked ? "duplicates.none" : "duplicates.never")}>{t("duplicates.text")}</EmptyState>
          ) : (
            <>
              {looked && (
                <p className="mb-3 text-xs text-mute">{t("duplicates.looked", { when: exact(looked, locale) })}</p>
              )}
              <ul className="grid gap-3">
                {items.map((group) => (
                  <li key={group.leads.map((lead) => lead.id).join()}>
                    <Group why={group.why} leads={group.leads} />
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Group({ why, leads }: { why: "address" | "phone" | "name"; leads: Lead[] }) {
  const t = useWords();
  const may = useMay();
  const [merging, setMerging] = useState<Lead>();
  const [first, ...others] = leads;
  if (!first) return null;
  return (
    <Card>
      <Badge tone="brand">{t(`duplicates.${why}`)}</Badge>
      <ul className="mt-2 divide-y divide-line">
        {[first, ...others].map((lead) => (
          <li key={lead.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
            <Link to="/leads/$id" params={{ id: String(lead.id) }} className="min-w-0 text-brand hover:underline">
              <span className="block break-all">{nameOf(lead) || lead.email}</span>
              {nameOf(lead) && <span className="block text-xs break-all text-mute">{lead.email}</span>}
            </Link>
            {lead !== first && may("leads:write") && (
              <Button
                aria-label={`${t("duplicates.merge")}: ${nameOf(lead) || lead.email}`}
                onPress={() => setMerging(lead)}
              >
                {t("duplicates.merge")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {merging && <MergeDialog lead={first} other={merging} onClose={() => setMerging(undefined)} />}
    </Card>
  );
}
