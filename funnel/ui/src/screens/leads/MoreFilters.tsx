/** The filters that are asked for less often. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, ok } from "../../api/client.ts";
import { Select, TextField } from "../../components/Field.tsx";
import { useWords } from "../../lib/language.ts";
import type { Asked } from "./asked.ts";

export function MoreFilters({ asked, onNarrow }: { asked: Asked; onNarrow: (change: Asked) => void }) {
  const t = useWords();
  const forms = useQuery({
    queryKey: ["forms", "all"],
    queryFn: () => ok(api.GET("/api/v1/forms", { params: { query: { limit: 500 } } })),
  });
  return (
    <div className="mt-3 grid grid-cols-1 items-start gap-3 rounded-lg border border-line bg-card p-3 sm:grid-cols-3">
      <Select
        label={t("leads.mail")}
        value={asked.may_mail ?? ""}
        onChange={(value) => onNarrow({ may_mail: value || undefined })}
        choices={[
          { value: "", label: t("leads.mail.any") },
          { value: "yes", label: t("leads.mail.yes") },
          { value: "no", label: t("leads.mail.no") },
        ]}
      />
      <Select
        label={t("leads.form")}
        value={asked.form ?? ""}
        onChange={(form) => onNarrow({ form: form || undefined })}
        choices={[
          { value: "", label: t("leads.form.any") },
          ...(forms.data?.items ?? []).map(({ key, name }) => ({ value: key, label: name })),
        ]}
      />
      <Settled
        label={t("leads.campaign")}
        value={asked.campaign ?? ""}
        onSettle={(campaign) => onNarrow({ campaign: campaign || undefined })}
      />
      <Settled
        label={t("leads.scoreFrom")}
        type="number"
        value={asked.score_min ?? ""}
        onSettle={(score) => onNarrow({ score_min: score || undefined })}
      />
      <Settled
        label={t("leads.since")}
        type="date"
        value={asked.created_since ?? ""}
        onSettle={(since) => onNarrow({ created_since: since || undefined })}
      />
      <TagFilter shown label={t("leads.noTag")} onTag={(tag) => onNarrow({ no_tag: tag })} />
    </div>
  );
}

/** Asked when it is left, or with Enter. */
function Settled({
  label,
  value,
  type,
  onSettle,
}: {
  label: string;
  value: string;
  type?: "number" | "date";
  onSettle: (value: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const settle = () => typed.trim() !== value && onSettle(typed.trim());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        settle();
      }}
    >
      <TextField label={label} type={type} value={typed} onChange={setTyped} onBlur={settle} />
    </form>
  );
}

/** A tag is asked for whole: Enter puts it on. */
export function TagFilter({
  label,
  shown = false,
  onTag,
}: {
  label: string;
  shown?: boolean;
  onTag: (tag: string) => void;
}) {
  const [tag, setTag] = useState("");
  const put = (event: React.FormEvent) => {
    event.preventDefault();
    if (tag.trim()) onTag(tag.trim());
    setTag("");
  };
  return (
    <form onSubmit={put} className={shown ? undefined : "max-sm:flex-1"}>
      <TextField
        hidden={!shown}
        label={label}
        placeholder={shown ? undefined : label}
        value={tag}
        onChange={setTag}
        className={shown ? undefined : "sm:w-40"}
      />
    </form>
  );
}
