/** What can be done with a webhook. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";
import "../../../words/webhooks.ts";

export type Webhook = Schemas["WebhookOut"];

/** `onSecret` is told a new secret, this once. */
export function useVerbs(webhook: Webhook, onSecret: (secret: string) => void) {
  const t = useWords();
  const client = useQueryClient();
  const params = { path: { webhook_id: webhook.id } };
  const after = {
    onError: (error: Error) => toast(error.message, "bad"),
    onSettled: () => client.invalidateQueries({ queryKey: ["webhooks"] }),
  };
  return {
    turn: useMutation({
      mutationFn: (active: boolean) => ok(api.PATCH("/api/v1/webhooks/{webhook_id}", { params, body: { active } })),
      ...after,
    }),
    test: useMutation({
      mutationFn: () => ok(api.POST("/api/v1/webhooks/{webhook_id}/test", { params })),
      onSuccess: () => toast(t("webhooks.tested")),
      ...after,
    }),
    rotate: useMutation({
      mutationFn: () => ok(api.POST("/api/v1/webhooks/{webhook_id}/secret", { params })),
      onSuccess: (made) => onSecret(made.secret),
      ...after,
    }),
    remove: useMutation({
      mutationFn: () => ok(api.DELETE("/api/v1/webhooks/{webhook_id}", { params })),
      onSuccess: () => toast(t("webhooks.deleted")),
      ...after,
    }),
  };
}
