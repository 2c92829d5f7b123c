/** What whoever imports vouches for. It is saved as a whole: half a proof is none. */
import { useState } from "react";
import { ApiError } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Select, TextField } from "../../components/Field.tsx";
import { Card } from "../../components/Page.tsx";
import { toast } from "../../components/Toast.tsx";
import { useWords } from "../../lib/language.ts";
import { type Changes, type Import, useChange } from "./queries.ts";
import "../../words/imports.ts";

type Stated = NonNullable<Changes["consent"]>;

const STATES = ["unknown", "consented", "customers"] as const;

export function ConsentCard({ one, open }: { one: Import; open: boolean }) {
  const t = useWords();
  const change = useChange(one);
  const [state, setState] = useState<string>(one.consent.state);
  const [purpose, setPurpose] = useState(one.consent.purpose ?? "email_marketing");
  const [wording, setWording] = useState(one.consent.wording ?? "");
  const [at, setAt] = useState(one.consent.at?.slice(0, 10) ?? "");
  const [proof, setProof] = useState(one.consent.proof ?? "");
  const errors = change.error instanceof ApiError ? change.error.errors : {};
  const wrong = (name: string) => errors[`consent.${name}`]?.join(" ");
  const save = () =>
    change.mutate(
      { consent: stated(state, { purpose, wording, at, proof }) },
      { onSuccess: () => toast(t("import.saved")) },
    );
  return (
    <Card title={t("import.consent")}>
      <form
        noValidate
        className="grid grid-cols-1 gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Select
          label={t("import.consent.what")}
          disabled={!open}
          value={state}
          onChange={setState}
          choices={STATES.map((value) => ({ value, label: t(`import.consent.${value}`) }))}
        />
        {state === "consented" && (
          <>
            <TextField
              label={t("import.consent.purpose")}
              error={wrong("purpose")}
              isDisabled={!open}
              value={purpose}
              onChange={setPurpose}
            />
            <TextField
              label={t("import.consent.wording")}
              error={wrong("wording")}
              isDisabled={!open}
              lines={2}
              value={wording}
              onChange={setWording}
            />
            <TextField
              label={t("import.consent.at")}
              error={wrong("at")}
              isDisabled={!open}
              type="date"
              value={at}
              onChange={setAt}
            />
          </>
        )}
        {state !== "unknown" && (
          <TextField
            label={t("import.consent.proof")}
            error={wrong("proof")}
            isDisabled={!open}
            lines={2}
            value={proof}
            onChange={setProof}
          />
        )}
        <p className="text-xs text-mute">{t("import.consent.never")}</p>
        {open && (
          <div>
            <Button type="submit" isDisabled={change.isPending}>
              {t("import.save")}
            </Button>
          </div>
        )}
      </form>
    </Card>
  );
}

/** What is empty is not told: the service says what is missing. */
function stated(state: string, told: { purpose: string; wording: string; at: string; proof: string }): Stated {
  const { proof, at, ...rest } = told;
  const text = (named: Record<string, string>) =>
    Object.fromEntries(Object.entries(named).filter(([, value]) => value.trim()));
  if (state === "consented") return { state, ...text({ ...rest, proof, at: at && `${at}T00:00:00Z` }) };
  return state === "customers" ? { state, ...text({ proof }) } : { state: "unknown" };
}
