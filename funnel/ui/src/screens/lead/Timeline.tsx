/** A lead's story, newest first, day by day, in sentences. */
import { useInfiniteQuery } from "@tanstack/react-query";
import {
  ArrowRight,
  Ban,
  Circle,
  FileText,
  LogIn,
  LogOut,
  type LucideIcon,
  Mail,
  MailCheck,
  MailX,
  MousePointerClick,
  Tag,
} from "lucide-react";
import { api, ok } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { cx } from "../../components/cx.ts";
import { ErrorBox, Skeleton } from "../../components/States.tsx";
import { byDay, clock, exact } from "../../lib/dates.ts";
import { detail, type Fact, sentence } from "../../lib/facts.ts";
import { useLocale, useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";

const PAGE = 50;
/** first fitting beginning of a kind: its picture and colour */
const LOOKS: [string, LucideIcon, string][] = [
  ["form_", FileText, "bg-brand-tint text-brand"],
  ["confirmed", MailCheck, "bg-good-tint text-good"],
  ["consent_granted", MailCheck, "bg-good-tint text-good"],
  ["consent_", Ban, "bg-bad-tint text-bad"],
  ["unsubscribed", Ban, "bg-bad-tint text-bad"],
  ["enrolled", LogIn, "bg-violet-tint text-violet"],
  ["ended", LogOut, "bg-raised text-mute"],
  ["stage_", ArrowRight, "bg-good-tint text-good"],
  ["tagged", Tag, "bg-raised text-mute"],
  ["untagged", Tag, "bg-raised text-mute"],
  ["message_clicked", MousePointerClick, "bg-good-tint text-good"],
  ["message_accepted", Mail, "bg-brand-tint text-brand"],
  ["message_delivered", MailCheck, "bg-good-tint text-good"],
  ["message_opened", MailCheck, "bg-good-tint text-good"],
  ["message_", MailX, "bg-warn-tint text-warn"],
  ["", Circle, "bg-raised text-mute"],
];

export function Timeline({ id }: { id: number }) {
  const t = useWords();
  const locale = useLocale();
  const query = useInfiniteQuery({
    queryKey: ["lead", id, "timeline"],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/api/v1/leads/{lead_id}/timeline", {
          params: { path: { lead_id: id }, query: { limit: PAGE, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    ...LIVE,
  });
  if (!query.data)
    return query.error ? <ErrorBox error={query.error} onAgain={() => void query.refetch()} /> : <Skeleton />;
  const facts = query.data.pages.flatMap((page) => page.items);
  if (facts.length === 0) return <p className="text-mute">{t("timeline.none")}</p>;
  return (
    <>
      {byDay(facts, locale).map(([day, items]) => (
        <section key={day} className="mb-5">
          <h2 className="mb-2 text-xs font-medium text-mute first-letter:uppercase">{day}</h2>
          <ol className="rounded-lg border border-line bg-card">
            {items.map((fact) => (
              <Told key={fact.id} fact={fact} />
            ))}
          </ol>
        </section>
      ))}
      {query.hasNextPage && (
        <Button onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>
          {t("common.more")}
        </Button>
      )}
    </>
  );
}

function Told({ fact }: { fact: Fact }) {
  const t = useWords();
  const locale = useLocale();
  const more = detail(fact, t);
  const [, Icon, tint] = LOOKS.find(([start]) => fact.kind.startsWith(start)) ?? ["", Circle, ""];
  return (
    <li className="flex items-start gap-3 border-b border-line px-3 py-2.5 last:border-0">
      <span aria-hidden className={cx("grid size-7 shrink-0 place-items-center rounded-full", tint)}>
        <Icon size={15} />
      </span>
      <p className="min-w-0 flex-1 pt-1 break-words">
        {sentence(fact, t)}
        {more && <span className="text-mute"> · {more}</span>}
      </p>
      <time
        dateTime={fact.at}
        title={exact(fact.at, locale)}
        className="shrink-0 pt-1.5 text-xs text-mute tabular-nums"
      >
        {clock(fact.at, locale)}
      </time>
    </li>
  );
}
