/** What a webhook was told, and how each call went. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Badge, type BadgeTone } from "../../../components/Badge.tsx";
import { Button } from "../../../components/Button.tsx";
import { Drawer } from "../../../components/Dialog.tsx";
import { Loaded } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { exact } from "../../../lib/dates.ts";
import { useLocale, useWords } from "../../../lib/language.ts";
import { LIVE } from "../../../lib/live.ts";
import type { Webhook } from "./useVerbs.ts";
import "../../../words/webhooks.ts";

type Delivery = Schemas["DeliveryOut"];

const TONES: Record<string, BadgeTone> = { waiting: "warn", delivered: "good", failed: "bad" };
/** shown; programs read the rest page by page */
const MOST = 50;

export function Deliveries({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const t = useWords();
  const params = { path: { webhook_id: webhook.id }, query: { limit: MOST } };
  const query = useQuery({
    queryKey: ["webhooks", webhook.id, "deliveries"],
    queryFn: () => ok(api.GET("/api/v1/webhooks/{webhook_id}/deliveries", { params })),
    ...LIVE,
  });
  return (
    <Drawer open onClose={onClose} title={t("webhooks.deliveries")}>
      <p className="mb-3 text-sm break-all text-mute">{webhook.url}</p>
      <Loaded query={query}>
        {({ items, next_cursor: next }) =>
          items.length === 0 ? (
            <p>{t("webhooks.nothing")}</p>
          ) : (
            <>
              <ul className="grid grid-cols-1 gap-2">
                {items.map((delivery) => (
                  <li key={delivery.id} className="rounded-lg border border-line p-3">
                    <One webhook={webhook} delivery={delivery} />
                  </li>
                ))}
              </ul>
              {next && <p className="mt-3 text-sm text-mute">{t("webhooks.newest", { n: MOST })}</p>}
            </>
          )
        }
      </Loaded>
    </Drawer>
  );
}

function One({ webhook, delivery }: { webhook: Webhook; delivery: Delivery }) {
  const t = useWords();
  const locale = useLocale();
  const client = useQueryClient();
  const resending = useMutation({
    mutationFn: () =>
      ok(
        api.POST("/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/resend", {
          params: { path: { webhook_id: webhook.id, delivery_id: delivery.id } },
        }),
      ),
    onSuccess: () => toast(t("webhooks.sentAgain")),
    onError: (error) => toast(error.message, "bad"),
    onSettled: () => client.invalidateQueries({ queryKey: ["webhooks", webhook.id] }),
  });
  return (
    <div className="grid grid-cols-1 gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <code className="text-sm break-all">{delivery.kind}</code>
        <Badge tone={TONES[delivery.status]}>{t(`webhooks.${delivery.status as "waiting"}`)}</Badge>
      </div>
      <p className="text-xs text-mute">
        {exact(delivery.created_at, locale)}
        {delivery.due_at && delivery.attempts > 0 && `, ${t("webhooks.next", { at: exact(delivery.due_at, locale) })}`}
      </p>
      <Attempts webhook={webhook} delivery={delivery} />
      <div className="flex justify-end">
        <Button isDisabled={resending.isPending || delivery.status === "waiting"} onPress={() => resending.mutate()}>
          {t("webhooks.again")}
        </Button>
      </div>
    </div>
  );
}

function Attempts({ webhook, delivery }: { webhook: Webhook; delivery: Delivery }) {
  const t = useWords();
  const locale = useLocale();
  const query = useQuery({
    queryKey: ["webhooks", webhook.id, "attempts", delivery.id, delivery.attempts, delivery.status],
    queryFn: () =>
      ok(
        api.GET("/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/attempts", {
          params: { path: { webhook_id: webhook.id, delivery_id: delivery.id } },
        }),
      ),
    enabled: delivery.attempts > 0,
  });
  if (delivery.attempts === 0) return <p className="text-sm text-mute">{t("webhooks.noAttempt")}</p>;
  return (
    <details>
      <summary className="cursor-pointer text-sm">{t("webhooks.attempts", { n: delivery.attempts })}</summary>
      <Loaded query={query} lines={2}>
        {({ items }) => (
          <ol className="mt-2 grid grid-cols-1 gap-2">
            {items.map((attempt) => (
              <li key={attempt.at} className="text-sm">
                <span className="block text-xs text-mute">{exact(attempt.at, locale)}</span>
                {attempt.status === null
                  ? t("webhooks.unanswered", { error: attempt.error ?? "" })
                  : t("webhooks.answered", { status: attempt.status, ms: attempt.milliseconds })}
                {attempt.answer && (
                  <pre className="mt-1 max-h-32 overflow-auto rounded bg-raised p-2 text-xs whitespace-pre-wrap">
                    {attempt.answer}
                  </pre>
                )}
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </details>
  );
}
