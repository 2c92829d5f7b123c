/** The fields of one term of a condition. */
import { type Term } from "../../lib/conditions.ts";
import {
  DATE_TESTS,
  FIELD_TESTS,
  hasLimit,
  type Plain,
  SEQUENCE_TESTS,
  SOURCE_PARTS,
  SOURCE_TESTS,
} from "../../lib/terms.ts";
import { EVENTS, NETWORKS, useForms, usePurposes, useSegments, useSequences, useStages } from "../../lib/known.ts";
import { useWords } from "../../lib/language.ts";
import { Select, TextField } from "../Field.tsx";
import { Suggest } from "../Suggest.tsx";
import "../../words/sequences.ts";

type Change = (shown: Plain, field: string) => void;
interface Fields {
  shown: Plain;
  onChange: Change;
}

const PAIR = "flex flex-wrap gap-2 [&>*]:min-w-28 [&>*]:flex-1";

export function TermFields({ term, shown, onChange }: Fields & { term: Term }) {
  const t = useWords();
  const row = { shown, onChange };
  switch (term) {
    case "stage":
      return <StageFields {...row} />;
    case "score":
      return <ScoreFields {...row} />;
    case "field":
    case "answer":
      return <ValueFields {...row} ofForm={term === "answer"} />;
    case "created":
      return <LimitFields {...row} tests={DATE_TESTS} />;
    case "source":
      return <SourceFields {...row} />;
    case "event":
      return <EventFields {...row} />;
    case "form":
      return <FormFields {...row} />;
    case "sequence":
      return <SequenceFields {...row} />;
    case "segment":
      return <SegmentField {...row} />;
    case "consent":
      return <ConsentField {...row} />;
    default:
      return <Word {...row} label={t("seq.c.value")} known={[]} />;
  }
}

function SegmentField(row: Fields) {
  return <Word {...row} label={useWords()("seq.c.value")} known={useSegments()} />;
}

function ConsentField(row: Fields) {
  return <Word {...row} label={useWords()("seq.c.value")} known={usePurposes()} />;
}

/** One text of the row, offered from what is known. */
function Word({
  shown,
  onChange,
  label,
  known,
  part = "word",
  hidden = true,
}: Fields & { label: string; known: readonly string[]; part?: "word" | "limit" | "of"; hidden?: boolean }) {
  return (
    <Suggest
      label={label}
      hidden={hidden}
      known={known}
      value={shown[part]}
      onChange={(next) => onChange({ ...shown, [part]: next }, part)}
    />
  );
}

/** How it is compared, and with what. */
function LimitFields({
  shown,
  onChange,
  tests,
  known = [],
}: Fields & { tests: readonly string[]; known?: readonly string[] }) {
  const t = useWords();
  const hint = shown.test === "before" || shown.test === "after" ? "seq.c.dateHint" : "seq.c.daysHint";
  const isDate = DATE_TESTS.some((test) => test === shown.test);
  return (
    <div className={PAIR}>
      <Select
        label={t("seq.c.test")}
        hidden
        value={shown.test}
        choices={tests.map((test) => ({ value: test, label: t(`seq.test.${test as "is"}`) }))}
        onChange={(test) => onChange({ ...shown, test }, "")}
      />
      {hasLimit(shown.test) && (
        <Suggest
          label={t("seq.c.value")}
          hidden
          known={known}
          value={shown.limit}
          hint={isDate ? t(hint) : undefined}
          onChange={(limit) => onChange({ ...shown, limit }, "limit")}
        />
      )}
    </div>
  );
}

function StageFields({ shown, onChange }: Fields) {
  const t = useWords();
  return (
    <div className={PAIR}>
      <Select
        label={t("seq.c.test")}
        hidden
        value={shown.test}
        choices={["is", "at_least", "at_most"].map((test) => ({ value: test, label: t(`seq.test.${test as "is"}`) }))}
        onChange={(test) => onChange({ ...shown, test }, "")}
      />
      <Word shown={shown} onChange={onChange} label={t("seq.c.value")} known={useStages()} />
    </div>
  );
}

function ScoreFields({ shown, onChange }: Fields) {
  const t = useWords();
  return (
    <>
      <Select
        label={t("seq.c.of")}
        hidden
        value={shown.word}
        choices={["total", "fit", "engagement"].map((of) => ({ value: of, label: t(`seq.of.${of as "fit"}`) }))}
        onChange={(of) => onChange({ ...shown, word: of }, "")}
      />
      <LimitFields shown={shown} onChange={onChange} tests={["at_least", "at_most"]} />
    </>
  );
}

function ValueFields({ shown, onChange, ofForm }: Fields & { ofForm: boolean }) {
  const t = useWords();
  const forms = useForms();
  const asked = ofForm ? forms.filter((form) => form.key === shown.of) : forms;
  const fields = asked.flatMap((form) => form.fields);
  const choices = fields.filter((field) => field.key === shown.word).flatMap((field) => field.choices ?? []);
  const keys = [...new Set(fields.map((field) => field.key))];
  const row = { shown, onChange };
  return (
    <>
      {ofForm && (
        <Word {...row} label={t("seq.c.form")} known={forms.map((form) => form.key)} part="of" hidden={false} />
      )}
      <Word {...row} label={t("seq.c.key")} known={keys} hidden={false} />
      <LimitFields {...row} tests={FIELD_TESTS} known={choices} />
    </>
  );
}

function SourceFields({ shown, onChange }: Fields) {
  const t = useWords();
  return (
    <>
      <div className={PAIR}>
        <Select
          label={t("seq.c.part")}
          hidden
          value={shown.word}
          choices={SOURCE_PARTS.map((part) => ({ value: part, label: t(`seq.origin.${part}`) }))}
          onChange={(word) => onChange({ ...shown, word }, "")}
        />
        <Select
          label={t("seq.c.touch")}
          hidden
          value={shown.of}
          choices={(["first", "last"] as const).map((touch) => ({ value: touch, label: t(`seq.touch.${touch}`) }))}
          onChange={(of) => onChange({ ...shown, of }, "")}
        />
      </div>
      <LimitFields
        shown={shown}
        onChange={onChange}
        tests={SOURCE_TESTS}
        known={shown.word === "network" ? NETWORKS : []}
      />
    </>
  );
}

function EventFields({ shown, onChange }: Fields) {
  const t = useWords();
  return (
    <>
      <Word shown={shown} onChange={onChange} label={t("seq.c.value")} known={EVENTS} />
      <TextField
        label={t("seq.c.times")}
        value={shown.limit}
        inputMode="numeric"
        onChange={(limit) => onChange({ ...shown, limit }, "limit")}
      />
      <Within shown={shown} onChange={onChange} />
      <TextField
        label={t("seq.c.detail")}
        hint={t("seq.c.detailHint")}
        value={shown.of}
        onChange={(of) => onChange({ ...shown, of }, "of")}
      />
      {shown.of && (
        <TextField
          label={t("seq.c.detailIs")}
          value={shown.detail}
          onChange={(detail) => onChange({ ...shown, detail }, "detail")}
        />
      )}
    </>
  );
}

function FormFields({ shown, onChange }: Fields) {
  const t = useWords();
  const forms = useForms();
  return (
    <>
      <Word shown={shown} onChange={onChange} label={t("seq.c.value")} known={forms.map((form) => form.key)} />
      <Within shown={shown} onChange={onChange} />
    </>
  );
}

function SequenceFields({ shown, onChange }: Fields) {
  const t = useWords();
  return (
    <div className={PAIR}>
      <Select
        label={t("seq.c.test")}
        hidden
        value={shown.test}
        choices={SEQUENCE_TESTS.map((test) => ({ value: test, label: t(`seq.test.${test}`) }))}
        onChange={(test) => onChange({ ...shown, test }, "")}
      />
      <Word shown={shown} onChange={onChange} label={t("seq.c.value")} known={useSequences()} />
    </div>
  );
}

function Within({ shown, onChange }: Fields) {
  const t = useWords();
  return (
    <TextField
      label={t("seq.c.within")}
      hint={t("seq.c.withinHint")}
      value={shown.within}
      onChange={(within) => onChange({ ...shown, within }, "within")}
    />
  );
}
