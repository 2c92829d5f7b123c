/** A mail: its subject, its text, perhaps its HTML. */
import { Button } from "../../../components/Button.tsx";
import { TextField } from "../../../components/Field.tsx";
import { useWords } from "../../../lib/language.ts";
import { isFields, type Json } from "../../../lib/sequence/document.ts";
import { JsonField } from "../../../components/JsonField.tsx";
import { type Settings, textOf, without } from "./StepSettings.tsx";

const NAME = '{{ lead.first_name | default: "there" }}';

export function EmailSettings({ step, edit, errors }: Settings) {
  const t = useWords();
  const { email } = step;
  if (!isFields(email))
    return (
      <JsonField
        label={t("seq.json")}
        value={email ?? null}
        onUse={(value) => edit((one) => ({ ...one, email: value }))}
      />
    );
  const set = (part: string) => (value: string) =>
    edit((one) => ({ ...one, email: changed(one.email, part, value) }), part);
  const field = (part: string, label: string, lines: number, hint?: string) => (
    <TextField
      label={label}
      lines={lines}
      hint={hint}
      value={textOf(email[part])}
      error={errors.at(`email/${part}`)}
      onChange={set(part)}
    />
  );
  const [own] = errors
    .all("email")
    .filter(
      (message) =>
        !["subject", "text", "html", "template"].some((part) => errors.all(`email/${part}`).includes(message)),
    );
  return (
    <>
      {own && <p className="text-xs text-bad">{own}</p>}
      {"template" in email ? (
        field("template", t("seq.f.template"), 1)
      ) : (
        <>
          {field("subject", t("seq.f.subject"), 1)}
          {field("text", t("seq.f.text"), 10, t("seq.f.textHint", { first: NAME }))}
          {"html" in email ? (
            field("html", t("seq.f.html"), 8)
          ) : (
            <Button
              tone="ghost"
              onPress={() =>
                edit((one) => ({
                  ...one,
                  email: isFields(one.email) ? { ...one.email, html: "" } : (one.email ?? null),
                }))
              }
            >
              {t("seq.f.htmlAdd")}
            </Button>
          )}
        </>
      )}
    </>
  );
}

/** An emptied text or HTML goes away when the other is there. */
function changed(email: Json | undefined, part: string, value: string): Json {
  if (!isFields(email)) return email ?? null;
  const other = part === "text" ? "html" : part === "html" ? "text" : null;
  if (value === "" && other && textOf(email[other])) return without(email, part);
  return { ...email, [part]: value };
}
