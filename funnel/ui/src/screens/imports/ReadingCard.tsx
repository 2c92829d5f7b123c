/** How the file is written, where the guess was wrong. */
import { Checkbox, Select } from "../../components/Field.tsx";
import { Card } from "../../components/Page.tsx";
import { useWords } from "../../lib/language.ts";
import { type Changes, type Import, useChange } from "./queries.ts";
import "../../words/imports.ts";

type Reading = NonNullable<Changes["reading"]>;

const ENCODINGS = [
  "utf-8",
  "utf-16-le",
  "utf-16-be",
  "cp1252",
  "iso8859-15",
  "mac_roman",
  "cp1250",
  "cp1251",
  "cp1253",
  "cp1254",
  "cp850",
  "cp932",
  "gb18030",
  "big5",
  "euc_kr",
];
const SEPARATORS = [
  [",", "comma"],
  [";", "semicolon"],
  ["\t", "tab"],
  ["|", "bar"],
] as const;
/** below this a person should look */
const SURE = 0.8;

export function ReadingCard({ one, open }: { one: Import; open: boolean }) {
  const t = useWords();
  const change = useChange(one);
  const read = one.reading;
  const put = (reading: Reading) => change.mutate({ reading });
  return (
    <Card title={t("import.reading")}>
      {read.confidence < SURE && <p className="mb-3 text-warn">{t("import.unsure")}</p>}
      <div className="grid grid-cols-1 items-end gap-3 sm:grid-cols-2">
        <Select
          label={t("import.encoding")}
          disabled={!open}
          value={read.encoding}
          onChange={(encoding) => put({ encoding: encoding as Reading["encoding"] })}
          choices={ENCODINGS.map((value) => ({ value, label: value }))}
        />
        <Select
          label={t("import.separator")}
          disabled={!open}
          value={read.separator}
          onChange={(separator) => put({ separator: separator as Reading["separator"] })}
          choices={SEPARATORS.map(([value, name]) => ({ value, label: t(`import.separator.${name}`) }))}
        />
        <Checkbox isDisabled={!open} isSelected={read.header} onChange={(header) => put({ header })}>
          {t("import.header")}
        </Checkbox>
        <Checkbox isDisabled={!open} isSelected={read.day_first} onChange={(day_first) => put({ day_first })}>
          {t("import.dayFirst")}
        </Checkbox>
      </div>
    </Card>
  );
}
