/** Other systems that are called when something happens: which there are, and how it goes with each. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { EmptyState, Loaded } from "../../../components/States.tsx";
import { useWords } from "../../../lib/language.ts";
import { LIVE } from "../../../lib/live.ts";
import { NewWebhook } from "./NewWebhook.tsx";
import { WebhookCard } from "./WebhookCard.tsx";
import "../../../words/webhooks.ts";

export function Webhooks() {
  const t = useWords();
  const [adding, add] = useState(false);
  const query = useQuery({ queryKey: ["webhooks"], queryFn: () => ok(api.GET("/api/v1/webhooks")), ...LIVE });
  const button = (
    <Button tone="primary" onPress={() => add(true)}>
      {t("webhooks.new")}
    </Button>
  );
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-2xl">{t("webhooks.what")}</p>
        {button}
      </div>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t("webhooks.none")} action={button} />
          ) : (
            <ul className="grid grid-cols-1 gap-3">
              {items.map((webhook) => (
                <li key={webhook.id}>
                  <WebhookCard webhook={webhook} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {adding && <NewWebhook onClose={() => add(false)} />}
    </div>
  );
}
