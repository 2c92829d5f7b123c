/** The red strip: what stops the whole engine, told on every screen. */
import { useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Session } from "../api/client.ts";
import { toast } from "../components/Toast.tsx";
import { exact } from "../lib/dates.ts";
import { useLocale, useWords } from "../lib/language.ts";
import { isSession } from "../lib/session.ts";

export function Strip({ session, away }: { session: Session | undefined; away: boolean }) {
  const t = useWords();
  const locale = useLocale();
  useReturn(away);
  const told: string[] = [];
  if (away) told.push(t("strip.away"));
  const sending = session?.sending;
  const reason = sending?.reason ?? "";
  if (sending?.state === "held") told.push(t("strip.held", { reason }));
  if (sending?.state === "paused")
    told.push(t("strip.paused", { reason, until: sending.until ? exact(sending.until, locale) : "" }));
  if (session?.engine_silent && !away) told.push(t("strip.silent"));
  return (
    <div role="status">
      {told.map((text) => (
        <p key={text} className="flex items-start gap-2 border-b border-bad bg-bad-tint px-4 py-2 text-bad md:px-6">
          <TriangleAlert size={17} aria-hidden className="mt-0.5 shrink-0" />
          {text}
        </p>
      ))}
    </div>
  );
}

/** When the service is back, what failed meanwhile is asked again. */
function useReturn(away: boolean): void {
  const t = useWords();
  const client = useQueryClient();
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !away) {
      toast(t("strip.back"));
      void client.refetchQueries({ type: "active", predicate: (query) => !isSession(query.queryKey) });
    }
    was.current = away;
  }, [away, client, t]);
}
