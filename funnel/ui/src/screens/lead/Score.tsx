/** A lead's score, and every rule that gave or took points with what is left of them. */
import { useQuery } from "@tanstack/react-query";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Moment } from "../../components/Moment.tsx";
import { Card } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { useLocale, useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";

type Entry = Schemas["EntryOut"];

export function Score({ id }: { id: number }) {
  const t = useWords();
  const points = usePoints();
  const query = useQuery({
    queryKey: ["lead", id, "score"],
    queryFn: () => ok(api.GET("/api/v1/leads/{lead_id}/score", { params: { path: { lead_id: id } } })),
    ...LIVE,
  });
  return (
    <Card title={t("score.title")}>
      <Loaded query={query} lines={2}>
        {(why) => (
          <>
            <p className="text-xs text-mute">{t("score.what", { span: why.half_life })}</p>
            {why.entries.length === 0 ? (
              <p className="mt-2 text-mute">{t("score.none")}</p>
            ) : (
              <details className="mt-2">
                <summary className="cursor-pointer font-medium">{t("score.why", { n: points(why.score) })}</summary>
                <ol className="mt-2 divide-y divide-line">
                  {why.entries.map((one) => (
                    <Given key={`${one.event_id} ${one.at} ${one.rule}`} entry={one} />
                  ))}
                </ol>
                {why.older > 0 && (
                  <p className="mt-2 text-xs text-mute">
                    {t("score.older", { n: why.older, points: points(why.older_fit + why.older_engagement) })}
                  </p>
                )}
              </details>
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Given({ entry }: { entry: Entry }) {
  const t = useWords();
  const points = usePoints();
  const signed = `${entry.points > 0 ? "+" : ""}${points(entry.points)}`;
  const fades = entry.axis === "engagement";
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 py-1.5">
      <span className="break-words">{entry.name}</span>
      <span className="text-right font-medium tabular-nums">{signed}</span>
      <span className="text-xs text-mute">
        <Moment at={entry.at} />
      </span>
      <span className="text-right text-xs text-mute">
        {fades
          ? `${t("score.engagement")}, ${t("score.left", { left: points(entry.left), points: points(entry.points) })}`
          : t("score.fit")}
      </span>
    </li>
  );
}

function usePoints(): (n: number) => string {
  const locale = useLocale();
  return (n) => n.toLocaleString(locale, { maximumFractionDigits: 1 });
}
