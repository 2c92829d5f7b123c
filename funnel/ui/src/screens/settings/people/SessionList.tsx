/** Sessions of somebody: which browser, from which network, last seen when. */
import type { Schemas } from "../../../api/client.ts";
import { Badge } from "../../../components/Badge.tsx";
import { Button } from "../../../components/Button.tsx";
import { browserOf } from "../../../lib/browsers.ts";
import { exact } from "../../../lib/dates.ts";
import { useLocale, useWords } from "../../../lib/language.ts";

type UserSession = Schemas["UserSessionOut"];

export function SessionList({ sessions, onEnd }: { sessions: readonly UserSession[]; onEnd?: (id: number) => void }) {
  const t = useWords();
  const locale = useLocale();
  return (
    <ul className="divide-y divide-line">
      {sessions.map((one) => (
        <li key={one.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
          <div className="min-w-0">
            <p className="font-medium break-words" title={one.agent}>
              {browserOf(one.agent) || t("sessions.unknown")}{" "}
              {one.here && <Badge tone="good">{t("sessions.here")}</Badge>}
            </p>
            <p className="text-xs text-mute">
              {t("sessions.seen", { at: exact(one.seen_at, locale) })}
              {one.network && ` · ${one.network}`}
            </p>
          </div>
          {onEnd && !one.here && <Button onPress={() => onEnd(one.id)}>{t("sessions.end")}</Button>}
        </li>
      ))}
    </ul>
  );
}
