/** What becomes of people who are leads already, and what everybody gets. */
import { useState } from "react";
import { ApiError } from "../../api/client.ts";
import { Checkbox, Select, TextField } from "../../components/Field.tsx";
import { Card } from "../../components/Page.tsx";
import { useWords } from "../../lib/language.ts";
import { type Import, useChange } from "./queries.ts";
import "../../words/imports.ts";

const POLICIES = ["new", "fill", "overwrite"] as const;
const TAGGINGS = ["add", "replace"] as const;

export function Known({ one, open }: { one: Import; open: boolean }) {
  const t = useWords();
  const change = useChange(one);
  const [tags, setTags] = useState(one.tags.join(", "));
  const errors = change.error instanceof ApiError ? change.error.errors : {};
  const saveTags = () => {
    const told = tags
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean);
    if (told.join() !== one.tags.join()) change.mutate({ tags: told });
  };
  return (
    <Card title={t("import.known")}>
      <div className="grid grid-cols-1 gap-3">
        <Select
          label={t("import.policy")}
          disabled={!open}
          value={one.policy}
          onChange={(policy) => change.mutate({ policy: policy as (typeof POLICIES)[number] })}
          choices={POLICIES.map((value) => ({ value, label: t(`import.policy.${value}`) }))}
        />
        <Select
          label={t("import.tagging")}
          disabled={!open}
          value={one.tagging}
          onChange={(tagging) => change.mutate({ tagging: tagging as (typeof TAGGINGS)[number] })}
          choices={TAGGINGS.map((value) => ({ value, label: t(`import.tagging.${value}`) }))}
        />
        <TextField
          label={t("import.tags")}
          hint={t("import.tagsHint")}
          error={Object.entries(errors)
            .find(([path]) => path.startsWith("tags"))?.[1]
            .join(" ")}
          isDisabled={!open}
          value={tags}
          onChange={setTags}
          onBlur={saveTags}
        />
        <Checkbox isDisabled={!open} isSelected={one.may_enter} onChange={(may_enter) => change.mutate({ may_enter })}>
          {t("import.mayEnter")}
        </Checkbox>
        <p className="text-xs text-mute">{t("import.mayEnterHint")}</p>
      </div>
    </Card>
  );
}
