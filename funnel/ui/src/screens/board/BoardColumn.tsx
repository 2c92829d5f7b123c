/** One stage: how many leads for how long, and cards of the newest. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeftRight } from "lucide-react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { IconButton } from "../../components/Button.tsx";
import { Menu, MenuItem } from "../../components/Menu.tsx";
import { toast } from "../../components/Toast.tsx";
import { useColleagues } from "../../lib/colleagues.ts";
import { relative } from "../../lib/dates.ts";
import { stage as nameOfStage } from "../../lib/facts.ts";
import { useLocale, useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import { nameOf } from "../../lib/people.ts";
import { useNow } from "../../lib/session.ts";

type Column = Schemas["ColumnOut"];
type Lead = Schemas["BoardLeadOut"];

export function BoardColumn({ column, stages }: { column: Column; stages: string[] }) {
  const t = useWords();
  const { key } = column.stage;
  const name = nameOfStage(key, t);
  return (
    <section aria-label={name} className="min-w-0 rounded-lg border border-line bg-raised p-3">
      <h2 className="font-semibold">{name}</h2>
      <p className="text-sm">{column.count === null ? t("board.counting") : t("board.count", { n: column.count })}</p>
      <Ages ages={column.ages} />
      {column.leads.length === 0 ? (
        <p className="mt-3 text-sm text-mute">{t("board.none")}</p>
      ) : (
        <ul className="mt-3 grid gap-2">
          {column.leads.map((lead) => (
            <Card key={lead.id} lead={lead} others={stages.filter((other) => other !== key)} />
          ))}
        </ul>
      )}
      {(column.count ?? 0) > column.leads.length && (
        <Link to="/leads" search={{ stage: key }} className="mt-3 inline-block text-sm text-brand underline">
          {t("board.more")}
        </Link>
      )}
    </section>
  );
}

function Ages({ ages }: { ages: Column["ages"] }) {
  const t = useWords();
  const locale = useLocale();
  const told = ages.filter((age) => age.leads > 0);
  if (told.length === 0) return null;
  return (
    <ul aria-label={t("board.agesOf")} className="mt-1 flex flex-wrap gap-x-3 text-xs text-mute">
      {told.map((age) => (
        <li key={age.days}>
          {age.days === null ? t("board.longer") : t("board.days", { n: age.days })}: {age.leads.toLocaleString(locale)}
        </li>
      ))}
    </ul>
  );
}

function Card({ lead, others }: { lead: Lead; others: string[] }) {
  const t = useWords();
  const locale = useLocale();
  const now = useNow();
  const may = useMay();
  const { name: colleague } = useColleagues();
  const called = nameOf(lead) || lead.email;
  const move = useMove(lead.id, called);
  return (
    <li className="flex items-start gap-1 rounded-md border border-line bg-card p-2">
      <div className="min-w-0 flex-1">
        <Link to="/leads/$id" params={{ id: String(lead.id) }} className="break-all text-brand hover:underline">
          {called}
        </Link>
        <p className="text-xs text-mute">
          {t("board.since", { when: relative(lead.stage_since, now, locale) })}
          {lead.owner !== null && <>, {colleague(lead.owner)}</>}
        </p>
      </div>
      {may("leads:write") && (
        <Menu
          label={t("board.move", { name: called })}
          onAction={(stage) => move.mutate(stage)}
          button={
            <IconButton label={t("board.move", { name: called })} isDisabled={move.isPending}>
              <ArrowLeftRight size={16} aria-hidden />
            </IconButton>
          }
        >
          {others.map((stage) => (
            <MenuItem key={stage} id={stage}>
              {t("board.moveTo", { stage: nameOfStage(stage, t) })}
            </MenuItem>
          ))}
        </Menu>
      )}
    </li>
  );
}

function useMove(id: number, name: string) {
  const t = useWords();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (stage: string) =>
      ok(api.PUT("/api/v1/leads/{lead_id}/stage", { params: { path: { lead_id: id } }, body: { stage } })),
    onSuccess: async ({ stage }) => {
      toast(t("board.moved", { name, stage: nameOfStage(stage, t) }));
      await client.invalidateQueries({ queryKey: ["leads"] });
    },
    onError: (error) => toast(error.message, "bad"),
  });
}
