/** What is to be done about this lead. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Card } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { useMay } from "../../lib/may.ts";
import { TaskDialog } from "../tasks/TaskDialog.tsx";
import { TaskItem } from "../tasks/TaskItem.tsx";

const MOST = 100;

export function LeadTasks({ id }: { id: number }) {
  const t = useWords();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const query = useQuery({
    queryKey: ["lead", id, "tasks"],
    queryFn: () => ok(api.GET("/api/v1/tasks", { params: { query: { lead: id, limit: MOST } } })),
    ...LIVE,
  });
  return (
    <Card
      title={t("tasks.title")}
      beside={may("leads:write") && <Button onPress={() => setAdding(true)}>{t("tasks.new")}</Button>}
    >
      <Loaded query={query} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-mute">{t("tasks.none")}</p>
          ) : (
            <ul className="divide-y divide-line">
              {items.map((task) => (
                <TaskItem key={task.id} task={task} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {adding && <TaskDialog lead={id} onClose={() => setAdding(false)} />}
    </Card>
  );
}
