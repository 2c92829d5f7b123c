/** Finds the other lead of a person, asks which one stays and whose values, and makes both one. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { SearchField } from "../../components/Field.tsx";
import { ErrorBox } from "../../components/States.tsx";
import { toast } from "../../components/Toast.tsx";
import { useWords } from "../../lib/language.ts";
import { differing } from "../../lib/merging.ts";
import { nameOf, shown } from "../../lib/people.ts";

type Lead = Schemas["LeadOut"];

/** `other`: known already, as from the list of duplicates. */
export function MergeDialog({ lead, other, onClose }: { lead: Lead; other?: Lead; onClose: () => void }) {
  const t = useWords();
  const [found, setFound] = useState(other);
  return (
    <Dialog open wide onClose={onClose} title={t("merge.do")}>
      {found ? (
        <Compare lead={lead} other={found} onBack={other ? undefined : () => setFound(undefined)} onClose={onClose} />
      ) : (
        <Find not={lead.id} onFound={setFound} />
      )}
    </Dialog>
  );
}

function Find({ not, onFound }: { not: number; onFound: (lead: Lead) => void }) {
  const t = useWords();
  const [typed, setTyped] = useState("");
  const search = typed.trim();
  const { data } = useQuery({
    queryKey: ["leads", "merge", search],
    queryFn: () => ok(api.GET("/api/v1/leads", { params: { query: { search, limit: 8 } } })),
    enabled: search.length > 1,
  });
  const items = (data?.items ?? []).filter((one) => one.id !== not);
  return (
    <div className="mt-3 grid gap-3">
      <SearchField autoFocus label={t("merge.find")} clear={t("leads.clear")} value={typed} onChange={setTyped} />
      {data && items.length === 0 && <p className="text-mute">{t("merge.noMatch")}</p>}
      <ul className="divide-y divide-line">
        {items.map((one) => (
          <li key={one.id} className="flex items-center justify-between gap-3 py-2">
            <Named lead={one} />
            <Button aria-label={t("merge.choose", { name: nameOf(one) || one.email })} onPress={() => onFound(one)}>
              {t("merge.choose", { name: "" }).trim()}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Compare({
  lead,
  other,
  onBack,
  onClose,
}: {
  lead: Lead;
  other: Lead;
  onBack?: () => void;
  onClose: () => void;
}) {
  const t = useWords();
  const [stays, setStays] = useState(lead.id);
  const [chosen, setChosen] = useState<Record<string, number>>({});
  const merge = useMerge(stays, stays === lead.id ? other.id : lead.id, chosen, onClose);
  const keys = differing(lead, other);
  return (
    <div className="mt-3 grid gap-4">
      <Either
        legend={t("merge.stays")}
        leads={[lead, other]}
        value={stays}
        onChange={setStays}
        cell={(one) => <Named lead={one} />}
      />
      <p className="text-xs text-mute">{t("merge.staysHint")}</p>
      <h3 className="font-semibold">{t("merge.fields")}</h3>
      {keys.length === 0 && <p className="text-mute">{t("merge.alike")}</p>}
      {keys.map((key) => (
        <Either
          key={key}
          legend={key.replaceAll("_", " ")}
          leads={[lead, other]}
          value={chosen[key] ?? stays}
          onChange={(id) => setChosen({ ...chosen, [key]: id })}
          cell={(one) => shown(one.fields[key], t("lead.yes"), t("lead.no"))}
        />
      ))}
      <p className="text-xs text-mute">{t("merge.consents")}</p>
      {merge.error && <ErrorBox error={merge.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        {onBack && <Button onPress={onBack}>{t("merge.back")}</Button>}
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button tone="primary" isDisabled={merge.isPending} onPress={() => merge.mutate()}>
          {t("merge.yes")}
        </Button>
      </div>
    </div>
  );
}

function useMerge(stays: number, goes: number, fields: Record<string, number>, onClose: () => void) {
  const t = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () =>
      ok(
        api.POST("/api/v1/leads/{lead_id}/merge", {
          params: { path: { lead_id: stays } },
          body: { others: [goes], fields },
        }),
      ),
    onSuccess: async () => {
      toast(t("merge.done"));
      onClose();
      await navigate({ to: "/leads/$id", params: { id: String(stays) } });
      await client.invalidateQueries();
    },
  });
}

/** One of both, by radio buttons side by side. */
function Either({
  legend,
  leads,
  value,
  onChange,
  cell,
}: {
  legend: string;
  leads: readonly Lead[];
  value: number;
  onChange: (id: number) => void;
  cell: (lead: Lead) => React.ReactNode;
}) {
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium first-letter:uppercase">{legend}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {leads.map((lead) => (
          <label
            key={lead.id}
            className="flex min-w-0 items-start gap-2 rounded-md border border-edge p-2 text-sm has-checked:border-brand has-checked:bg-brand-tint"
          >
            <input
              type="radio"
              name={legend}
              checked={value === lead.id}
              onChange={() => onChange(lead.id)}
              className="mt-0.5"
            />
            <span className="min-w-0 break-words">{cell(lead)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Named({ lead }: { lead: Lead }) {
  const name = nameOf(lead);
  return (
    <span className="min-w-0">
      <span className="block break-all">{name || lead.email}</span>
      {name && <span className="block text-xs break-all text-mute">{lead.email}</span>}
    </span>
  );
}
