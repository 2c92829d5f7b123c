/** What a lead filled in, each time. */
import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { Fact, Facts } from "../../components/Facts.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Card } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";
import { shown } from "../../lib/people.ts";

export function Submissions({ id }: { id: number }) {
  const t = useWords();
  const query = useQuery({
    queryKey: ["lead", id, "submissions"],
    queryFn: () => ok(api.GET("/api/v1/leads/{lead_id}/submissions", { params: { path: { lead_id: id } } })),
  });
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="text-mute">{t("submissions.none")}</p>
        ) : (
          <ul className="grid gap-3">
            {items.map((one) => (
              <li key={one.id}>
                <Card>
                  <p className="mb-2 flex flex-wrap items-center gap-2">
                    <span className="font-medium">
                      {t("submissions.form", { form: one.form, n: one.form_version })}
                    </span>
                    <Badge tone={one.outcome === "accepted" ? "good" : "warn"}>{t(`submissions.${one.outcome}`)}</Badge>
                    <span className="ml-auto text-xs text-mute">
                      <Moment at={one.at} />
                    </span>
                  </p>
                  <Facts>
                    {Object.entries(one.values).map(([key, value]) => (
                      <Fact key={key} name={key.replaceAll("_", " ")}>
                        {shown(value, t("lead.yes"), t("lead.no"))}
                      </Fact>
                    ))}
                  </Facts>
                </Card>
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}
