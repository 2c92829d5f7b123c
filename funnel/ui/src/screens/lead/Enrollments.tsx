/** Which sequences a lead is in or was in: the step, the next date, and why it waits. */
import { useQuery } from "@tanstack/react-query";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Card } from "../../components/Page.tsx";
import { SequenceLink } from "../../components/SequenceLink.tsx";
import { Loaded } from "../../components/States.tsx";
import { exact, relative } from "../../lib/dates.ts";
import { reason } from "../../lib/facts.ts";
import { useLocale, useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { useNow } from "../../lib/session.ts";
import { isKey } from "../../words/words.ts";

type Enrollment = Schemas["EnrollmentOut"];

export function Enrollments({ id }: { id: number }) {
  const t = useWords();
  const query = useQuery({
    queryKey: ["lead", id, "enrollments"],
    queryFn: () => ok(api.GET("/api/v1/leads/{lead_id}/enrollments", { params: { path: { lead_id: id } } })),
    ...LIVE,
  });
  return (
    <Card title={t("enrollments.title")}>
      <Loaded query={query} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-mute">{t("enrollments.none")}</p>
          ) : (
            <ul className="divide-y divide-line">
              {items.map((one) => (
                <Standing key={one.id} enrollment={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}

function Standing({ enrollment: one }: { enrollment: Enrollment }) {
  const t = useWords();
  const active = one.status === "active";
  return (
    <li className="grid gap-x-4 gap-y-1 py-2 first:pt-0 last:pb-0 sm:grid-cols-[minmax(0,1fr)_auto]">
      <p className="flex flex-wrap items-center gap-2">
        <SequenceLink name={one.sequence} />
        <span className="text-xs text-mute">{t("enrollments.version", { n: one.version })}</span>
        <Badge tone={active ? "brand" : "plain"}>{t(active ? "enrollments.active" : "enrollments.ended")}</Badge>
      </p>
      <p className="text-xs text-mute sm:text-right">
        <Moment at={one.ended_at ?? one.started_at} />
      </p>
      <p className="text-mute sm:col-span-2">{active ? <Waiting enrollment={one} /> : reason(one.reason ?? "", t)}</p>
    </li>
  );
}

function Waiting({ enrollment: one }: { enrollment: Enrollment }) {
  const t = useWords();
  const locale = useLocale();
  const now = useNow();
  const at = one.step ? t("enrollments.at", { step: one.step }) : t("enrollments.start");
  if (one.due_at)
    return (
      <>
        {at},{" "}
        <span title={exact(one.due_at, locale)}>
          {t("enrollments.next", { when: relative(one.due_at, now, locale) })}
        </span>
      </>
    );
  const held = `held.${one.held ?? "message"}`;
  const why = one.reason ?? "";
  return (
    <>
      {at}, {isKey(held) ? t(held, { reason: why }) : t("held.other", { reason: one.held ?? "" })}
    </>
  );
}
