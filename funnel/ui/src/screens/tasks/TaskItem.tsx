/** One task: a box to tick, what, when, by whom. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { IconButton } from "../../components/Button.tsx";
import { Confirm } from "../../components/Dialog.tsx";
import { Checkbox } from "../../components/Field.tsx";
import { ErrorBox } from "../../components/States.tsx";
import { useColleagues } from "../../lib/colleagues.ts";
import { exact, relative } from "../../lib/dates.ts";
import { useLocale, useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import { nameOf } from "../../lib/people.ts";
import { TaskDialog } from "./TaskDialog.tsx";

export type Listed = Schemas["ListedTaskOut"];

/** `withLead` says whose it is: on the page of a lead everybody knows. */
export function TaskItem({ task, withLead = false }: { task: Listed; withLead?: boolean }) {
  const t = useWords();
  const may = useMay()("leads:write");
  const { tick, remove } = useTask(task);
  const [open, setOpen] = useState<"edit" | "delete">();
  return (
    <li className="flex items-start gap-2 py-2.5">
      <div className="min-w-0 flex-1">
        <Checkbox
          isSelected={task.done_at !== null}
          isDisabled={!may || tick.isPending}
          onChange={(done) => tick.mutate(done)}
        >
          <span className="min-w-0 break-words">{task.title}</span>
        </Checkbox>
        <p className="mt-0.5 ml-6 text-xs text-mute">
          <When task={task} />
          {withLead && (
            <>
              {", "}
              <Link to="/leads/$id" params={{ id: String(task.lead) }} className="text-brand underline">
                {nameOf(task) || task.email}
              </Link>
            </>
          )}
        </p>
        {(tick.error ?? remove.error) && <ErrorBox error={tick.error ?? remove.error} />}
      </div>
      {may && (
        <span className="-mt-1.5 flex shrink-0">
          <IconButton label={`${t("tasks.edit")}: ${task.title}`} onPress={() => setOpen("edit")}>
            <Pencil size={16} aria-hidden />
          </IconButton>
          <IconButton label={`${t("tasks.delete")}: ${task.title}`} onPress={() => setOpen("delete")}>
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </span>
      )}
      {open === "edit" && <TaskDialog lead={task.lead} task={task} onClose={() => setOpen(undefined)} />}
      <Confirm
        open={open === "delete"}
        onClose={() => setOpen(undefined)}
        title={t("tasks.delete")}
        action={t("tasks.delete")}
        onYes={() => remove.mutate()}
      >
        {task.title}
      </Confirm>
    </li>
  );
}

/** Tasks live by real time, whatever the engine's clock says. */
function When({ task }: { task: Listed }) {
  const t = useWords();
  const locale = useLocale();
  const { name } = useColleagues();
  const at = task.done_at ?? task.due_at;
  const late = task.done_at === null && Date.parse(task.due_at) < Date.now();
  return (
    <>
      {late && (
        <>
          <Badge tone="bad">{t("tasks.overdue")}</Badge>{" "}
        </>
      )}
      <time dateTime={at} title={exact(at, locale)}>
        {relative(at, Date.now(), locale)}
      </time>
      , {name(task.assignee)}
    </>
  );
}

function useTask(task: Listed) {
  const client = useQueryClient();
  const path = { task_id: task.id };
  const onSuccess = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["tasks"] }),
      client.invalidateQueries({ queryKey: ["lead", task.lead] }),
    ]);
  const tick = useMutation({
    mutationFn: (done: boolean) => ok(api.PATCH("/api/v1/tasks/{task_id}", { params: { path }, body: { done } })),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: () => ok(api.DELETE("/api/v1/tasks/{task_id}", { params: { path } })),
    onSuccess,
  });
  return { tick, remove };
}
