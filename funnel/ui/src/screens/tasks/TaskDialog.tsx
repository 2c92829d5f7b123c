/** A new task of a lead, or one that is changed. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok, type Schemas } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { Select, TextField } from "../../components/Field.tsx";
import { ErrorBox } from "../../components/States.tsx";
import { useColleagues } from "../../lib/colleagues.ts";
import { said, tomorrow, typed, zone } from "../../lib/due.ts";
import { useWords } from "../../lib/language.ts";
import { useSession } from "../../lib/session.ts";

type Task = Schemas["TaskOut"];

export function TaskDialog({ lead, task, onClose }: { lead: number; task?: Task; onClose: () => void }) {
  const t = useWords();
  const client = useQueryClient();
  const { heard } = useSession();
  const { choices } = useColleagues();
  const [title, setTitle] = useState(task?.title ?? "");
  const [due, setDue] = useState(() => typed(task?.due_at ?? tomorrow(Date.now())));
  const [by, setBy] = useState(String((task ? task.assignee : heard?.session.user?.id) ?? ""));
  const save = useMutation({
    mutationFn: async () => {
      const body = { title, due_at: said(due) ?? "", zone: zone(), assignee: by ? Number(by) : null };
      return task
        ? ok(api.PATCH("/api/v1/tasks/{task_id}", { params: { path: { task_id: task.id } }, body }))
        : ok(api.POST("/api/v1/leads/{lead_id}/tasks", { params: { path: { lead_id: lead } }, body }));
    },
    onSuccess: async () => {
      onClose();
      await Promise.all([
        client.invalidateQueries({ queryKey: ["tasks"] }),
        client.invalidateQueries({ queryKey: ["lead", lead] }),
      ]);
    },
  });
  const errors = save.error instanceof ApiError ? save.error.errors : {};
  return (
    <Dialog open onClose={onClose} title={t(task ? "tasks.edit" : "tasks.new")}>
      <form
        className="mt-3 grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <TextField
          autoFocus
          label={t("tasks.what")}
          value={title}
          onChange={setTitle}
          error={errors.title?.join(" ")}
        />
        <TextField
          type="datetime-local"
          label={t("tasks.due")}
          hint={t("tasks.zone", { zone: zone() })}
          value={due}
          onChange={setDue}
          error={errors.due_at?.join(" ")}
        />
        <Select
          label={t("tasks.by")}
          value={by}
          onChange={setBy}
          choices={choices(task?.assignee)}
          error={errors.assignee?.join(" ")}
        />
        {save.error && Object.keys(errors).length === 0 && <ErrorBox error={save.error} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" tone="primary" isDisabled={!title.trim() || !said(due) || save.isPending}>
            {t(task ? "notes.save" : "tasks.add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
