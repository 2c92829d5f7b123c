/** The segments a lead is in; nothing at all while it is in none. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, ok } from "../../api/client.ts";
import { Moment } from "../../components/Moment.tsx";
import { Card } from "../../components/Page.tsx";
import { useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";

export function Segments({ id }: { id: number }) {
  const t = useWords();
  const { data } = useQuery({
    queryKey: ["lead", id, "segments"],
    queryFn: () => ok(api.GET("/api/v1/leads/{lead_id}/segments", { params: { path: { lead_id: id } } })),
    ...LIVE,
  });
  if (!data?.items.length) return null;
  return (
    <Card title={t("segments.ofLead")}>
      <ul className="space-y-1 text-sm">
        {data.items.map((segment) => (
          <li key={segment.key} className="flex flex-wrap justify-between gap-x-2">
            <Link to="/segments/$key" params={{ key: segment.key }} className="text-brand hover:underline">
              {segment.name}
            </Link>
            <span className="text-xs text-mute">
              <Moment at={segment.since} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
