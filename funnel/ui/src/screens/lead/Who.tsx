/** Stage, score, tags and everything forms told. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { Button } from "../../components/Button.tsx";
import { Fact, Facts } from "../../components/Facts.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Card } from "../../components/Page.tsx";
import { StageBadge } from "../../components/StageBadge.tsx";
import { useLocale, useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import { shown } from "../../lib/people.ts";
import { EditLead } from "./EditLead.tsx";

export function Who({ lead }: { lead: Schemas["LeadOut"] }) {
  const t = useWords();
  const locale = useLocale();
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const number = (n: number) => n.toLocaleString(locale, { maximumFractionDigits: 1 });
  const fields = Object.entries(lead.fields);
  return (
    <Card>
      <div className="mb-3 flex items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="break-all">
            <a href={`mailto:${lead.email}`} className="text-brand hover:underline">
              {lead.email}
            </a>
          </p>
          <p className="mt-1.5 flex flex-wrap gap-1.5">
            <StageBadge stage={lead.stage} />
            {lead.tags.map((tag) => (
              <Link key={tag} to="/leads" search={{ tag }} className="hover:underline">
                <Badge>{tag}</Badge>
              </Link>
            ))}
          </p>
        </div>
        <p className="shrink-0 text-right">
          <span className="block text-2xl leading-none font-semibold tabular-nums">{number(lead.score)}</span>
          <span className="text-xs text-mute">{t("leads.score")}</span>
        </p>
      </div>
      {lead.demo && <p className="mb-3 text-xs text-mute">{t("lead.demo")}</p>}
      <Facts>
        <Fact name={t("lead.fit")}>{number(lead.fit)}</Fact>
        <Fact name={t("lead.engagement")}>{number(lead.engagement)}</Fact>
        {lead.zone && <Fact name={t("lead.zone")}>{lead.zone}</Fact>}
        {lead.locale && (
          <Fact name={t("lead.locale")}>{new Intl.DisplayNames(locale, { type: "language" }).of(lead.locale)}</Fact>
        )}
        <Fact name={t("lead.created")}>
          <Moment at={lead.created_at} />
        </Fact>
        <Fact name={t("lead.changed")}>
          <Moment at={lead.updated_at} />
        </Fact>
      </Facts>
      <div className="mt-4 mb-2 flex items-center justify-between gap-2">
        <h2 className="font-semibold">{t("lead.fields")}</h2>
        {may("leads:write") && <Button onPress={() => setEditing(true)}>{t("edit.open")}</Button>}
      </div>
      {editing && <EditLead lead={lead} onClose={() => setEditing(false)} />}
      {fields.length === 0 ? (
        <p className="text-mute">{t("lead.noFields")}</p>
      ) : (
        <Facts>
          {fields.map(([key, value]) => (
            <Fact key={key} name={key.replaceAll("_", " ")}>
              {shown(value, t("lead.yes"), t("lead.no"))}
            </Fact>
          ))}
        </Facts>
      )}
    </Card>
  );
}
