/** Leads as a file: those of the list, in columns that people or another CRM want. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { Checkbox, Select } from "../../components/Field.tsx";
import { Loaded } from "../../components/States.tsx";
import { useLocale, useWords } from "../../lib/language.ts";

type Filter = Schemas["LeadFilterIn"];

const NAMES: Record<string, string> = {
  hubspot: "HubSpot",
  salesforce: "Salesforce",
  pipedrive: "Pipedrive",
  brevo: "Brevo",
};
const SEPARATORS = ["comma", "semicolon", "tab"] as const;

export function ExportDialog({ filter, onClose }: { filter: Filter; onClose: () => void }) {
  const t = useWords();
  const query = useQuery({ queryKey: ["exports"], queryFn: () => ok(api.GET("/api/v1/exports")) });
  const filters = pairsOf(filter);
  return (
    <Dialog open onClose={onClose} title={t("export.title")}>
      <p className="mt-2">{t(filters.length ? "export.filtered" : "export.all")}</p>
      <Loaded query={query}>
        {({ items }) => {
          const leads = items.find(({ name }) => name === "leads");
          return (
            <Wish formats={leads?.formats ?? []} presets={leads?.presets ?? []} filters={filters} onClose={onClose} />
          );
        }}
      </Loaded>
    </Dialog>
  );
}

function Wish({
  formats,
  presets,
  filters,
  onClose,
}: {
  formats: readonly string[];
  presets: readonly string[];
  filters: string[][];
  onClose: () => void;
}) {
  const t = useWords();
  const french = useLocale().startsWith("fr");
  const [format, setFormat] = useState("csv");
  const [preset, setPreset] = useState("");
  const [separator, setSeparator] = useState(french ? "semicolon" : "comma");
  const [bom, setBom] = useState(true);
  const asked = new URLSearchParams(filters);
  if (preset) asked.set("preset", preset);
  if (format === "csv") {
    asked.set("separator", separator);
    asked.set("bom", String(bom));
  }
  return (
    <div className="mt-3 grid grid-cols-1 gap-4">
      <Select
        label={t("export.format")}
        value={format}
        onChange={setFormat}
        choices={formats.map((value) => ({ value, label: t(`export.${value as "csv"}`) }))}
      />
      <Select
        label={t("export.columns")}
        value={preset}
        onChange={setPreset}
        choices={[
          { value: "", label: t("export.usual") },
          ...presets.map((value) => ({ value, label: t("export.preset", { name: NAMES[value] ?? value }) })),
        ]}
      />
      {format === "csv" && (
        <>
          <Select
            label={t("export.separator")}
            value={separator}
            onChange={setSeparator}
            choices={SEPARATORS.map((value) => ({ value, label: t(`export.${value}`) }))}
          />
          <Checkbox isSelected={bom} onChange={setBom}>
            {t("export.bom")}
          </Checkbox>
        </>
      )}
      <p className="text-sm text-mute">{t("export.noted")}</p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <a
          href={`/api/v1/exports/leads.${format}?${asked}`}
          download
          onClick={onClose}
          className="inline-flex min-h-9 items-center rounded-md bg-brand-fill px-3 py-1.5 text-sm font-medium text-white hover:bg-brand-fill-hover"
        >
          {t("export.download")}
        </a>
      </div>
    </div>
  );
}

/** As an address has it: a filter of several values is named as often. */
function pairsOf(filter: Filter): string[][] {
  return Object.entries(filter).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [value].flat().map((one) => [name, String(one)]),
  );
}
