/** The rules that give points, as rows. */
import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { TextField } from "../../components/Field.tsx";
import { Card } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";
import { freshRule, problemsAt, rows, text } from "../../lib/rules.ts";
import type { Fields } from "../../lib/sequence/document.ts";
import { PublishBar } from "./PublishBar.tsx";
import { RuleRow } from "./RuleRow.tsx";
import { useRules } from "./useRules.ts";

export function ScoringRules() {
  const t = useWords();
  const rules = useRules("scoring");
  const forms = useQuery({
    queryKey: ["forms", "keys"],
    queryFn: () => ok(api.GET("/api/v1/forms", { params: { query: { limit: 500 } } })),
  });
  const problems = rules.checked.data?.problems ?? [];
  const half = problemsAt(problems, "half_life")[0]?.message ?? "";
  return (
    <Loaded query={rules.published}>
      {() => {
        const document = rules.document ?? {};
        const list = rows(document, "rules");
        const change = (next: Fields[]) => rules.edit({ ...document, rules: next });
        return (
          <div className="grid grid-cols-1 gap-4">
            <p className="max-w-3xl text-mute">{t("rules.scoringText")}</p>
            <PublishBar kind="scoring" rules={rules} />
            <Card>
              <TextField
                label={t("rules.halfLife")}
                hint={t("rules.halfLifeHint")}
                error={half}
                value={text(document.half_life)}
                onChange={(half_life) => rules.edit({ ...document, half_life })}
                className="max-w-56"
              />
            </Card>
            <ol className="grid grid-cols-1 gap-3">
              {list.map((rule, n) => (
                <li key={n}>
                  <RuleRow
                    rule={rule}
                    number={n + 1}
                    forms={forms.data?.items.map((form) => form.key) ?? []}
                    problems={problemsAt(problems, `rules/${n}`)}
                    onChange={(next) => change(list.with(n, next))}
                    onRemove={() => change(list.toSpliced(n, 1))}
                  />
                </li>
              ))}
            </ol>
            <div>
              <Button onPress={() => change([...list, freshRule(list)])}>{t("rules.add")}</Button>
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}
