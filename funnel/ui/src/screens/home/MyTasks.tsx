/** How much the user has to do. */
import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../../api/client.ts";
import { Stat } from "../../components/Stat.tsx";
import { useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";

export function MyTasks() {
  const t = useWords();
  const { data } = useQuery({
    queryKey: ["tasks", "counts"],
    queryFn: () => ok(api.GET("/api/v1/tasks/counts")),
    ...LIVE,
  });
  if (!data?.open) return null;
  return (
    <dl className="mt-4">
      <Stat
        label={t("home.tasks")}
        value={data.open >= data.most ? t("home.most", { n: data.most }) : data.open}
        note={data.overdue > 0 ? t("home.tasksOverdue", { n: data.overdue }) : undefined}
        to={{ to: "/tasks" }}
      />
    </dl>
  );
}
