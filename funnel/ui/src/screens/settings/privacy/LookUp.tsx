/** Somebody asks what we have of an address: it is told, whether a lead has it or not, and handed over. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Button, LinkButton } from "../../../components/Button.tsx";
import { TextField } from "../../../components/Field.tsx";
import { Card } from "../../../components/Page.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { useWords } from "../../../lib/language.ts";
import "../../../words/privacy.ts";

export function LookUp() {
  const t = useWords();
  const [email, setEmail] = useState("");
  const asking = useMutation({
    mutationFn: (address: string) => ok(api.POST("/api/v1/privacy/look-up", { body: { email: address } })),
  });
  return (
    <Card title={t("privacy.asked")}>
      <p className="mb-3 max-w-2xl text-sm text-mute">{t("privacy.askedText")}</p>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          asking.mutate(email.trim());
        }}
      >
        <TextField
          label={t("privacy.address")}
          value={email}
          onChange={(typed) => {
            setEmail(typed);
            asking.reset();
          }}
          type="email"
          autoComplete="off"
          className="w-full max-w-sm"
        />
        <Button tone="primary" type="submit" isDisabled={email.trim().length < 3 || asking.isPending}>
          {t("privacy.lookUp")}
        </Button>
      </form>
      {asking.error && <ErrorBox error={asking.error} />}
      {asking.data && <Found email={email.trim()} found={asking.data} />}
    </Card>
  );
}

function Found({ email, found }: { email: string; found: Schemas["FoundOut"] }) {
  const t = useWords();
  const exporting = useMutation({
    mutationFn: () => ok(api.POST("/api/v1/privacy/archive", { body: { email }, parseAs: "blob" })),
    onSuccess: (file) => save(file as unknown as Blob, "archive.zip"),
  });
  const rows = Object.entries(found.rows);
  const what = rows.map(([section, n]) => `${section} ${n}`).join(", ");
  return (
    <div className="mt-3 grid grid-cols-1 gap-3" role="status">
      <p className="break-words">
        {rows.length === 0 && found.lead_id === null
          ? t("privacy.nothing")
          : t("privacy.found", { n: rows.reduce((sum, [, n]) => sum + n, 0), what })}
      </p>
      <div className="flex flex-wrap gap-2">
        {found.lead_id !== null && (
          <LinkButton to="/leads/$id" params={{ id: String(found.lead_id) }}>
            {t("privacy.openLead")}
          </LinkButton>
        )}
        {rows.length > 0 && (
          <Button onPress={() => exporting.mutate()} isDisabled={exporting.isPending}>
            {t("rights.export")}
          </Button>
        )}
      </div>
      {exporting.error && <ErrorBox error={exporting.error} />}
    </div>
  );
}

/** Hands a file to the browser; its address is in no history, and ends at once. */
function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
