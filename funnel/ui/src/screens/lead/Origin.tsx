/** Where a lead came from: the first time, and the last. */
import { useQuery } from "@tanstack/react-query";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Fact, Facts } from "../../components/Facts.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Card } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";

type Touch = Schemas["TouchOut"];

export function Origin({ id }: { id: number }) {
  const t = useWords();
  const query = useQuery({
    queryKey: ["lead", id, "touches"],
    queryFn: () =>
      ok(api.GET("/api/v1/leads/{lead_id}/touches", { params: { path: { lead_id: id }, query: { limit: 1 } } })),
  });
  return (
    <Card title={t("touches.title")}>
      <Loaded query={query} lines={2}>
        {({ first, items: [last] }) =>
          !first ? (
            <p className="text-mute">{t("touches.none")}</p>
          ) : (
            <div className="grid gap-4">
              <Came title={t("touches.first")} touch={first} />
              {last && last.at !== first.at && <Came title={t("touches.last")} touch={last} />}
            </div>
          )
        }
      </Loaded>
    </Card>
  );
}

function Came({ title, touch }: { title: string; touch: Touch }) {
  const t = useWords();
  const campaign = [touch.source, touch.medium, touch.campaign, touch.term, touch.content].filter(Boolean).join(" / ");
  return (
    <div>
      <p className="mb-1 flex justify-between gap-2">
        <span className="font-medium">{title}</span>
        <span className="text-xs text-mute">
          <Moment at={touch.at} />
        </span>
      </p>
      <p className="break-words">{campaign || t("touches.direct")}</p>
      <div className="mt-1 text-xs">
        <Facts>
          {Object.keys(touch.click_ids).map((name) => (
            <Fact key={name} name={name}>
              {String(touch.click_ids[name])}
            </Fact>
          ))}
          {touch.page && (
            <Fact name={t("touches.page")}>
              <span className="break-all">{touch.page}</span>
            </Fact>
          )}
          {touch.referrer && (
            <Fact name={t("touches.referrer")}>
              <span className="break-all">{touch.referrer}</span>
            </Fact>
          )}
        </Facts>
      </div>
    </div>
  );
}
