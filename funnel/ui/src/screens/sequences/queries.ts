/** What the screens of sequences ask of the service. */
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { api, ok, whole, type Schemas } from "../../api/client.ts";
import type { SequenceDocument } from "../../lib/sequence/document.ts";

/** milliseconds between two looks at numbers that move */
export const MOVING = 15_000;

const at = (key: string) => ({ params: { path: { key } } });

export const sequencesKey = ["sequences"] as const;
export const sequenceKey = (key: string) => ["sequence", key] as const;

export const readSequence = (key: string) => ok(api.GET("/api/v1/sequences/{key}", at(key)));

export function useVersions(key: string) {
  return useQuery({
    queryKey: [...sequenceKey(key), "versions"],
    queryFn: () => ok(api.GET("/api/v1/sequences/{key}/versions", at(key))),
  });
}

export function useVersion(key: string, number: number | null) {
  return useQuery({
    queryKey: [...sequenceKey(key), "version", number],
    queryFn: () =>
      ok(api.GET("/api/v1/sequences/{key}/versions/{number}", { params: { path: { key, number: number as number } } })),
    enabled: number !== null,
    staleTime: Number.POSITIVE_INFINITY, // a version never changes
  });
}

export function useCounts(key: string, version: number | null) {
  return useQuery({
    queryKey: [...sequenceKey(key), "counts", version],
    queryFn: () =>
      ok(
        api.GET("/api/v1/sequences/{key}/counts", { params: { path: { key }, query: { version: version as number } } }),
      ),
    enabled: version !== null,
    refetchInterval: MOVING,
  });
}

/** Save a draft: over the revision that was read, or, without one, as a new sequence. */
export async function saveDraft(
  key: string,
  document: SequenceDocument,
  revision: number | null,
): Promise<Schemas["SequenceOut"]> {
  const headers = revision === null ? undefined : { "If-Match": `"${revision}"` };
  const { data } = await whole(api.PUT("/api/v1/sequences/{key}", { ...at(key), body: document, headers }));
  return data as Schemas["SequenceOut"];
}

/** What was published, paused or taken out changed the numbers of both screens. */
export async function askAgain(client: QueryClient, key: string): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: sequenceKey(key) }),
    client.invalidateQueries({ queryKey: sequencesKey }),
  ]);
}
