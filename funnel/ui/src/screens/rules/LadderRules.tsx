/** The rules that move stages: one row for each stage, from the foot of the ladder. */
import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../../api/client.ts";
import { Loaded } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";
import { problemsAt, rows } from "../../lib/rules.ts";
import type { Fields } from "../../lib/sequence/document.ts";
import { PublishBar } from "./PublishBar.tsx";
import { RungRow } from "./RungRow.tsx";
import { useRules } from "./useRules.ts";

export function LadderRules() {
  const t = useWords();
  const rules = useRules("ladder");
  const stages = useQuery({ queryKey: ["stages"], queryFn: () => ok(api.GET("/api/v1/stages")), staleTime: Infinity });
  const told = [...(rules.checked.data?.problems ?? []), ...(rules.checked.data?.warnings ?? [])];
  return (
    <Loaded query={stages}>
      {({ items }) => {
        const document = rules.document;
        if (!document) return null;
        const list = rows(document, "rungs");
        const change = (next: Fields[]) => rules.edit({ ...document, rungs: next });
        return (
          <div className="grid grid-cols-1 gap-4">
            <p className="max-w-3xl text-mute">{t("rules.ladderText")}</p>
            <PublishBar kind="ladder" rules={rules} />
            <ol className="grid grid-cols-1 gap-3">
              {items.map(({ key }) => {
                const n = list.findIndex((rung) => rung.stage === key);
                return (
                  <li key={key}>
                    <RungRow
                      stage={key}
                      rung={list[n]}
                      problems={n < 0 ? [] : problemsAt(told, `rungs/${n}`)}
                      onChange={(rung) => change(n < 0 ? [...list, rung] : list.with(n, rung))}
                      onRemove={() => change(list.toSpliced(n, 1))}
                    />
                  </li>
                );
              })}
            </ol>
          </div>
        );
      }}
    </Loaded>
  );
}
