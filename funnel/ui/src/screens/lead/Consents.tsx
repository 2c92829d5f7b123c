/** What a lead agreed to, in the words it saw, when and where: the last answer to each purpose, the rest behind it. */
import { useQuery } from "@tanstack/react-query";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Badge, type BadgeTone } from "../../components/Badge.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Card } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { isKey } from "../../words/words.ts";

type Consent = Schemas["ConsentOut"];
const TONES: Record<Consent["action"], BadgeTone> = {
  granted: "good",
  denied: "bad",
  withdrawn: "bad",
  pending: "warn",
};
const MOST = 200;

export function Consents({ id }: { id: number }) {
  const t = useWords();
  const query = useQuery({
    queryKey: ["lead", id, "consents"],
    queryFn: () =>
      ok(api.GET("/api/v1/leads/{lead_id}/consents", { params: { path: { lead_id: id }, query: { limit: MOST } } })),
    ...LIVE,
  });
  return (
    <Card title={t("consents.title")}>
      <Loaded query={query} lines={2}>
        {({ items }) => {
          if (items.length === 0) return <p className="text-mute">{t("consents.none")}</p>;
          const purposes = [...new Set(items.map((one) => one.purpose))];
          return (
            <ul className="grid gap-4">
              {purposes.map((purpose) => (
                <Purpose key={purpose} rows={items.filter((one) => one.purpose === purpose)} />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Purpose({ rows }: { rows: Consent[] }) {
  const t = useWords();
  const [last, ...earlier] = rows;
  if (!last) return null;
  return (
    <li>
      <p className="font-medium">{last.purpose.replaceAll("_", " ")}</p>
      <Answer consent={last} />
      {earlier.length > 0 && (
        <details className="mt-1">
          <summary className="cursor-pointer text-xs text-mute">
            {t("consents.earlier")} ({earlier.length})
          </summary>
          <ul className="mt-1 grid gap-2 border-l-2 border-line pl-3">
            {earlier.map((one, n) => (
              <li key={n}>
                <Answer consent={one} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function Answer({ consent }: { consent: Consent }) {
  const t = useWords();
  const channel = `channel.${consent.channel}`;
  const where = [
    consent.permits_mail && consent.action === "granted" && t("consents.mail"),
    isKey(channel) ? t(channel) : consent.channel,
    consent.form && t("consents.form", { form: consent.form, n: consent.form_version ?? 1 }),
    consent.page && t("consents.on", { page: consent.page }),
    consent.ip && t("consents.network", { ip: consent.ip }),
  ];
  return (
    <div className="mt-0.5">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={TONES[consent.action]}>{t(`consents.${consent.action}`)}</Badge>
        <span className="text-xs text-mute">
          <Moment at={consent.at} />
        </span>
      </p>
      {consent.wording && <q className="mt-1 block">{consent.wording}</q>}
      <p className="mt-0.5 text-xs break-words text-mute">{where.filter(Boolean).join(" · ")}</p>
    </div>
  );
}
