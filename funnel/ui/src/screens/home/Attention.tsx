/** What does not go on by itself. */
import { Link } from "@tanstack/react-router";
import { CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client.ts";
import { Card } from "../../components/Page.tsx";
import { SequenceLink } from "../../components/SequenceLink.tsx";
import { useWords } from "../../lib/language.ts";

export function Attention({ told }: { told: Schemas["OverviewOut"] }) {
  const t = useWords();
  const waiting: [string, ReactNode][] = told.stuck.map(({ key, count }) => [
    key,
    <>
      {t("home.stuck", { n: count })} <SequenceLink name={key} />
    </>,
  ]);
  if (told.mails_unknown) waiting.push(["unknown", t("home.unknown", { n: told.mails_unknown })]);
  if (told.facts_failed) waiting.push(["facts", t("home.facts", { n: told.facts_failed })]);
  if (told.webhooks_stopped) {
    waiting.push([
      "webhooks",
      <Link key="webhooks" to="/settings/$tab" params={{ tab: "webhooks" }} className="text-brand underline">
        {t("home.webhooks", { n: told.webhooks_stopped })}
      </Link>,
    ]);
  }
  return (
    <Card title={t("home.attention")}>
      {waiting.length === 0 ? (
        <p className="flex items-center gap-2 text-mute">
          <CircleCheck size={17} aria-hidden className="shrink-0 text-good" />
          {t("home.calm")}
        </p>
      ) : (
        <ul className="grid gap-2">
          {waiting.map(([key, said]) => (
            <li key={key} className="flex items-start gap-2">
              <TriangleAlert size={17} aria-hidden className="mt-0.5 shrink-0 text-warn" />
              <span>{said}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
