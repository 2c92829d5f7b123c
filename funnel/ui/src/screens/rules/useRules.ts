/** One document of rules as it is edited: the published one, the changes, and what the service says of them. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import { toast } from "../../components/Toast.tsx";
import { useWords } from "../../lib/language.ts";
import type { Kind } from "../../lib/rules.ts";
import type { Fields } from "../../lib/sequence/document.ts";
import { useSettled } from "../../lib/settled.ts";
import { useUnsaved } from "../../lib/unsaved.ts";

/** what-if looks so far back */
export const DAYS = 90;

export function useRules(kind: Kind) {
  const t = useWords();
  const client = useQueryClient();
  const path = { path: { kind } };
  const published = useQuery({
    queryKey: ["rules", kind],
    queryFn: () => ok(api.GET("/api/v1/rules/{kind}", { params: path })),
    refetchOnWindowFocus: false,
  });
  const [draft, keep] = useState<Fields>();
  const kept = published.data?.document as Fields | undefined;
  const document = draft ?? kept;
  const dirty = draft !== undefined && JSON.stringify(draft) !== JSON.stringify(kept);
  useUnsaved(dirty);

  const asked = useSettled(document);
  const checked = useQuery({
    queryKey: ["rules", kind, "check", JSON.stringify(asked)],
    queryFn: () => ok(api.POST("/api/v1/rules/{kind}/check", { params: path, body: asked ?? {} })),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
  });
  const tried = useMutation({
    mutationFn: () => ok(api.POST("/api/v1/rules/what-if", { body: { [kind]: document, days: DAYS, leads: 1000 } })),
  });
  const publishing = useMutation({
    mutationFn: () =>
      ok(
        api.PUT("/api/v1/rules/{kind}", {
          params: path,
          headers: { "If-Match": `"${published.data?.number}"` },
          body: document ?? {},
        }),
      ),
    onSuccess: (version) => {
      client.setQueryData(["rules", kind], version);
      keep(undefined);
      tried.reset();
      toast(t("rules.published", { n: version.number }));
    },
  });
  /** What was tried, or refused, was another draft. */
  const edit = (next: Fields | undefined) => {
    keep(next);
    tried.reset();
    publishing.reset();
  };
  const discard = () => edit(undefined);
  return { published, document, edit, dirty, discard, checked, tried, publishing };
}

export type Rules = ReturnType<typeof useRules>;
