/** The fields of one term of a condition. */
import { Select, TextField } from "../../../components/Field.tsx";
import { useWords } from "../../../lib/language.ts";
import { FIELD_TESTS, type Shown, type Term } from "../../../lib/sequence/conditions.ts";
import { EVENTS, useForms, usePurposes, useStages } from "./known.ts";
import { Suggest } from "./Suggest.tsx";

type Plain = Exclude<Shown, { raw: true }>;

export function TermFields({
  term,
  shown,
  onChange,
}: {
  term: Term;
  shown: Plain;
  onChange: (shown: Plain, field: string) => void;
}) {
  const t = useWords();
  const stages = useStages();
  const forms = useForms();
  const purposes = usePurposes();
  const tests = (known: readonly string[]) => (
    <Select
      label={t("seq.c.test")}
      hidden
      value={shown.test}
      choices={known.map((test) => ({ value: test, label: t(`seq.test.${test as "is"}`) }))}
      onChange={(test) => onChange({ ...shown, test }, "")}
    />
  );
  const word = (label: string, known: readonly string[], hidden = true) => (
    <Suggest
      label={label}
      hidden={hidden}
      known={known}
      value={shown.word}
      onChange={(next) => onChange({ ...shown, word: next }, "word")}
    />
  );
  const limit = (label: string, hidden = true) =>
    hidden ? (
      <Suggest
        label={label}
        hidden
        known={[]}
        value={shown.limit}
        onChange={(next) => onChange({ ...shown, limit: next }, "limit")}
      />
    ) : (
      <TextField
        label={label}
        value={shown.limit}
        inputMode="numeric"
        onChange={(next) => onChange({ ...shown, limit: next }, "limit")}
      />
    );
  const within = (
    <TextField
      label={t("seq.c.within")}
      hint={t("seq.c.withinHint")}
      value={shown.within}
      onChange={(next) => onChange({ ...shown, within: next }, "within")}
    />
  );
  switch (term) {
    case "stage":
      return (
        <div className={PAIR}>
          {tests(["is", "at_least", "at_most"])}
          {word(t("seq.c.value"), stages)}
        </div>
      );
    case "score":
      return (
        <div className={PAIR}>
          <Select
            label={t("seq.c.of")}
            hidden
            value={shown.word}
            choices={["total", "fit", "engagement"].map((of) => ({ value: of, label: t(`seq.of.${of as "fit"}`) }))}
            onChange={(of) => onChange({ ...shown, word: of }, "")}
          />
          {tests(["at_least", "at_most"])}
          {limit(t("seq.c.value"))}
        </div>
      );
    case "field":
      return (
        <>
          {word(
            t("seq.c.key"),
            forms.flatMap((form) => form.fields.map((field) => field.key)),
            false,
          )}
          <div className={PAIR}>
            {tests(FIELD_TESTS)}
            {shown.test !== "known" && shown.test !== "unknown" && limit(t("seq.c.value"))}
          </div>
        </>
      );
    case "event":
      return (
        <>
          {word(t("seq.c.value"), EVENTS)}
          {limit(t("seq.c.times"), false)}
          {within}
        </>
      );
    case "form":
      return (
        <>
          {word(
            t("seq.c.value"),
            forms.map((form) => form.key),
          )}
          {within}
        </>
      );
    case "consent":
      return word(t("seq.c.value"), purposes);
    default:
      return word(t("seq.c.value"), []);
  }
}

const PAIR = "flex flex-wrap gap-2 [&>*]:min-w-28 [&>*]:flex-1";
