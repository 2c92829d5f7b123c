/** What this installation knows of: stages, forms, purposes. Offered while typing; the service has the last word. */
import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../api/client.ts";

const LASTS = 60_000;

export function useStages(): readonly string[] {
  const { data } = useQuery({ queryKey: ["stages"], queryFn: () => ok(api.GET("/api/v1/stages")), staleTime: LASTS });
  return data?.items.map((stage) => stage.key) ?? [];
}

export function useForms() {
  const { data } = useQuery({
    queryKey: ["forms", "all"],
    queryFn: () => ok(api.GET("/api/v1/forms", { params: { query: { limit: 500 } } })),
    staleTime: LASTS,
  });
  return data?.items ?? [];
}

export function usePurposes(): readonly string[] {
  const forms = useForms();
  return [...new Set(["email_marketing", ...forms.flatMap((form) => form.consents.map((consent) => consent.purpose))])];
}

export function useSegments(): readonly string[] {
  const { data } = useQuery({
    queryKey: ["segments", "all"],
    queryFn: () => ok(api.GET("/api/v1/segments", { params: { query: { limit: 200 } } })),
    staleTime: LASTS,
  });
  return data?.items.map((segment) => segment.key) ?? [];
}

export function useSequences(): readonly string[] {
  const { data } = useQuery({
    queryKey: ["sequences", "all"],
    queryFn: () => ok(api.GET("/api/v1/sequences", { params: { query: { limit: 500 } } })),
    staleTime: LASTS,
  });
  return data?.items.map((sequence) => sequence.key) ?? [];
}

/** Ad networks that leave a click id. */
export const NETWORKS = ["google", "meta", "linkedin", "tiktok", "microsoft", "x"];

/** Kinds of facts that conditions and ways in can name. */
export const EVENTS = [
  "form_submitted",
  "confirmed",
  "consent_granted",
  "stage_changed",
  "tagged",
  "message_accepted",
  "message_delivered",
  "message_opened",
  "message_clicked",
];
