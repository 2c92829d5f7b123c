/** Where a lead stands on the ladder, what moved it there and when rules look again; and moving it by hand. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Card } from "../../components/Page.tsx";
import { StageBadge } from "../../components/StageBadge.tsx";
import { Loaded } from "../../components/States.tsx";
import { day, exact, relative } from "../../lib/dates.ts";
import { stage } from "../../lib/facts.ts";
import { useLocale, useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { useMay } from "../../lib/may.ts";
import { useNow } from "../../lib/session.ts";
import { MoveDialog } from "./MoveDialog.tsx";

type Move = Schemas["MoveOut"];

export function StageCard({ id }: { id: number }) {
  const t = useWords();
  const may = useMay();
  const [moving, setMoving] = useState(false);
  const query = useQuery({
    queryKey: ["lead", id, "stage"],
    queryFn: () => ok(api.GET("/api/v1/leads/{lead_id}/stage", { params: { path: { lead_id: id } } })),
    ...LIVE,
  });
  return (
    <Card
      title={t("stageOf.title")}
      beside={
        may("leads:write") && (
          <Button onPress={() => setMoving(true)} isDisabled={!query.data}>
            {t("stageOf.move")}
          </Button>
        )
      }
    >
      <Loaded query={query} lines={2}>
        {(told) => (
          <>
            <Standing told={told} />
            {moving && <MoveDialog id={id} stage={told.stage} onClose={() => setMoving(false)} />}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Standing({ told }: { told: Schemas["StageOfLeadOut"] }) {
  const t = useWords();
  const locale = useLocale();
  const now = useNow();
  const when = (at: string) => relative(at, now, locale);
  const [last] = told.history;
  return (
    <>
      <p className="flex flex-wrap items-center gap-2">
        <StageBadge stage={told.stage} />
        <span className="text-xs text-mute">
          <Moment at={told.since} />
        </span>
      </p>
      {last ? (
        <p className="mt-2">
          <Reason move={last} />
        </p>
      ) : (
        <p className="mt-2 text-mute">{t("stageOf.never")}</p>
      )}
      {told.held_until && (
        <p className="mt-2" title={exact(told.held_until, locale)}>
          {t("stageOf.heldUntil", { when: day(told.held_until, locale) })}
        </p>
      )}
      {told.look_at && !told.held_until && (
        <p className="mt-2 text-xs text-mute" title={exact(told.look_at, locale)}>
          {t("stageOf.lookAt", { when: when(told.look_at) })}
        </p>
      )}
      {told.history.length > 0 && (
        <details className="mt-2">
          <summary className="cursor-pointer text-xs text-mute">
            {t("stageOf.history", { n: told.history.length })}
          </summary>
          <ol className="mt-2 divide-y divide-line">
            {told.history.map((one) => (
              <Moved key={one.event_id} move={one} />
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

function Moved({ move }: { move: Move }) {
  const t = useWords();
  return (
    <li className="py-1.5">
      <p className="flex flex-wrap justify-between gap-x-3">
        <span className="font-medium">{t("stageOf.moved", { from: stage(move.from, t), to: stage(move.to, t) })}</span>
        <span className="text-xs text-mute">
          <Moment at={move.at} />
        </span>
      </p>
      <p className="text-mute">
        <Reason move={move} />
      </p>
      {move.condition && move.evidence && (
        <p className="mt-1 text-xs text-mute">
          {t("stageOf.asked", { n: move.evidence.version })}:{" "}
          <code className="break-all">{JSON.stringify(move.condition)}</code>
        </p>
      )}
    </li>
  );
}

function Reason({ move }: { move: Move }) {
  const t = useWords();
  const locale = useLocale();
  const points = (n: number) => n.toLocaleString(locale, { maximumFractionDigits: 1 });
  if (move.evidence)
    return (
      <>
        {t(move.evidence.rule === "leave" ? "stageOf.by.leave" : "stageOf.by.enter", {
          fit: points(move.evidence.fit),
          engagement: points(move.evidence.engagement),
        })}
      </>
    );
  if (move.sequence) return <>{t("stageOf.by.sequence", { sequence: move.sequence })}</>;
  if (move.reason !== "person") return <>{t("stageOf.by.other")}</>;
  return <>{move.by ? t("stageOf.by.person", { who: move.by }) : t("stageOf.by.hand")}</>;
}
