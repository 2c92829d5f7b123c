/** One webhook: what it is called for, whether it is called, and what can be done with it. */
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { Badge } from "../../../components/Badge.tsx";
import { Button, IconButton } from "../../../components/Button.tsx";
import { Confirm, Dialog } from "../../../components/Dialog.tsx";
import { Menu, MenuItem } from "../../../components/Menu.tsx";
import { ShownOnce } from "../../../components/ShownOnce.tsx";
import { exact } from "../../../lib/dates.ts";
import { useLocale, useWords } from "../../../lib/language.ts";
import { Deliveries } from "./Deliveries.tsx";
import { ReplayDialog } from "./ReplayDialog.tsx";
import { useVerbs, type Webhook } from "./useVerbs.ts";
import "../../../words/webhooks.ts";

type Asked = "deliveries" | "rotate" | "replay" | "delete";

export function WebhookCard({ webhook }: { webhook: Webhook }) {
  const t = useWords();
  const [asked, ask] = useState<Asked>();
  const [secret, tell] = useState<string>();
  const verbs = useVerbs(webhook, tell);
  const close = () => ask(undefined);
  return (
    <article className="rounded-xl border border-line bg-card p-4" aria-label={webhook.url}>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <Told webhook={webhook} />
        <div className="flex flex-wrap items-center gap-2">
          <Button onPress={() => ask("deliveries")}>{t("webhooks.deliveries")}</Button>
          <Button isDisabled={!webhook.active} onPress={() => verbs.test.mutate()}>
            {t("webhooks.test")}
          </Button>
          <Menu
            label={t("webhooks.more", { url: webhook.url })}
            button={
              <IconButton label={t("webhooks.more", { url: webhook.url })}>
                <Ellipsis size={18} aria-hidden />
              </IconButton>
            }
            onAction={(id) => (id === "turn" ? verbs.turn.mutate(!webhook.active) : ask(id as Asked))}
          >
            <MenuItem id="turn">{t(webhook.active ? "webhooks.stop" : "webhooks.start")}</MenuItem>
            <MenuItem id="rotate">{t("webhooks.rotate")}</MenuItem>
            <MenuItem id="replay">{t("webhooks.replay")}</MenuItem>
            <MenuItem id="delete" danger>
              {t("webhooks.delete")}
            </MenuItem>
          </Menu>
        </div>
      </div>
      {asked === "deliveries" && <Deliveries webhook={webhook} onClose={close} />}
      {asked === "replay" && <ReplayDialog webhook={webhook} onClose={close} />}
      <Confirm
        open={asked === "rotate"}
        onClose={close}
        title={t("webhooks.rotate")}
        action={t("webhooks.rotate")}
        tone="primary"
        onYes={() => verbs.rotate.mutate()}
      >
        {t("webhooks.rotateText")}
      </Confirm>
      <Confirm
        open={asked === "delete"}
        onClose={close}
        title={t("webhooks.deleteTitle")}
        action={t("webhooks.delete")}
        onYes={() => verbs.remove.mutate()}
      >
        <span className="break-all">{t("webhooks.deleteText", { url: webhook.url })}</span>
      </Confirm>
      {secret && (
        <Dialog open onClose={() => tell(undefined)} title={t("webhooks.secret")} wide role="alertdialog">
          <ShownOnce said={t("webhooks.secretOnce")} text={secret} onClose={() => tell(undefined)} />
        </Dialog>
      )}
    </article>
  );
}

function Told({ webhook }: { webhook: Webhook }) {
  const t = useWords();
  const locale = useLocale();
  const stopped = webhook.stopped as "gone" | null;
  return (
    <div className="min-w-0 flex-1 basis-64">
      <p className="font-medium break-all">{webhook.url}</p>
      <p className="mt-0.5 text-xs break-words text-mute">
        {webhook.kinds.length ? webhook.kinds.join(", ") : t("webhooks.all")}
        {webhook.include_lead && ` · ${t("webhooks.withLead")}`}
      </p>
      <p className="mt-2 flex flex-wrap gap-2">
        <Badge tone={stopped ? (webhook.stopped === "by hand" ? "plain" : "bad") : "good"}>
          {t(stopped ? `webhooks.${stopped}` : "webhooks.active")}
        </Badge>
        {!stopped && webhook.failing_since && (
          <Badge tone="warn">{t("webhooks.failingSince", { at: exact(webhook.failing_since, locale) })}</Badge>
        )}
      </p>
    </div>
  );
}
