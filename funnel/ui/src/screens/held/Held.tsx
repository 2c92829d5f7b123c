/** Fillings that look like a program's: a person lets each in, or throws it away. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { Button } from "../../components/Button.tsx";
import { Confirm } from "../../components/Dialog.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Page } from "../../components/Page.tsx";
import { EmptyState, Loaded } from "../../components/States.tsx";
import { toast } from "../../components/Toast.tsx";
import { useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { isKey } from "../../words/words.ts";

type Filling = Schemas["HeldOut"];
type Verb = "accept" | "discard";

export function Held() {
  const t = useWords();
  const query = useQuery({
    queryKey: ["held"],
    queryFn: () => ok(api.GET("/api/v1/submissions/held")),
    ...LIVE,
  });
  const decision = useDecision();
  const [clearing, setClearing] = useState(false);
  return (
    <Page title={t("held.title")} beside={<span className="text-mute">{t("held.what")}</span>}>
      <Loaded query={query}>
        {({ items, more }) =>
          items.length === 0 ? (
            <EmptyState title={t("held.none")}>{t("held.noneText")}</EmptyState>
          ) : (
            <>
              <div className="mb-3 flex justify-end">
                <Button tone="danger" onPress={() => setClearing(true)} isDisabled={decision.isPending}>
                  {t("held.discardAll", { n: items.length })}
                </Button>
              </div>
              <ul className="grid gap-3">
                {items.map((one) => (
                  <Card key={one.id} one={one} onDecide={(verb) => decision.mutate({ verb, ids: [one.id] })} />
                ))}
              </ul>
              {more && <p className="mt-3 text-mute">{t("held.more")}</p>}
              <Confirm
                open={clearing}
                onClose={() => setClearing(false)}
                title={t("held.discardAll", { n: items.length })}
                action={t("held.discard")}
                onYes={() => decision.mutate({ verb: "discard", ids: items.map((one) => one.id) })}
              >
                {t("held.gone")}
              </Confirm>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function useDecision() {
  const t = useWords();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, ids }: { verb: Verb; ids: string[] }) =>
      verb === "accept"
        ? ok(api.POST("/api/v1/submissions/held/accept", { body: { ids } }))
        : ok(api.POST("/api/v1/submissions/held/discard", { body: { ids } })),
    onSuccess: ({ done }, { verb }) => toast(t(verb === "accept" ? "held.accepted" : "held.discarded", { n: done })),
    onError: (error) => toast(error.message, "bad"),
    onSettled: () => client.invalidateQueries({ queryKey: ["held"] }),
  });
}

function Card({ one, onDecide }: { one: Filling; onDecide: (verb: Verb) => void }) {
  const t = useWords();
  const reason = `held.reason.${one.reason.replaceAll(" ", "-")}`;
  const email = String(one.values.email ?? "");
  return (
    <li className="rounded-lg border border-line bg-card p-4">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <strong className="break-all">{email}</strong>
        <Badge tone="warn">{isKey(reason) ? t(reason) : one.reason}</Badge>
        <span className="text-mute">
          {one.form_name}, <Moment at={one.at} />
          {one.ip && `, ${t("consents.network", { ip: one.ip })}`}
        </span>
      </div>
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {Object.entries(one.values)
          .filter(([key]) => key !== "email")
          .map(([key, value]) => (
            <Line key={key} name={key} value={Array.isArray(value) ? value.join(", ") : String(value)} />
          ))}
        {Object.entries(one.agreed).map(([purpose, wording]) => (
          <Line key={`agreed ${purpose}`} name={t("consents.granted")} value={wording} />
        ))}
      </dl>
      <div className="mt-3 flex gap-2">
        <Button tone="primary" onPress={() => onDecide("accept")} aria-label={t("held.acceptOne", { email })}>
          {t("held.accept")}
        </Button>
        <Button onPress={() => onDecide("discard")} aria-label={t("held.discardOne", { email })}>
          {t("held.discard")}
        </Button>
      </div>
    </li>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="text-mute">{name}</dt>
      <dd className="min-w-0 break-words">{value}</dd>
    </>
  );
}
