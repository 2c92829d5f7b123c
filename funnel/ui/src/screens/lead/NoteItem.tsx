/** One note: who wrote it when, and what can be done with it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil, Pin, PinOff, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { Button, IconButton } from "../../components/Button.tsx";
import { Confirm, Dialog } from "../../components/Dialog.tsx";
import { TextField } from "../../components/Field.tsx";
import { Moment } from "../../components/Moment.tsx";
import { ErrorBox } from "../../components/States.tsx";
import { useColleagues } from "../../lib/colleagues.ts";
import { relative } from "../../lib/dates.ts";
import { useLocale, useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import { useNow } from "../../lib/session.ts";

type Note = Schemas["NoteOut"];

export function NoteItem({ lead, note }: { lead: number; note: Note }) {
  const t = useWords();
  const locale = useLocale();
  const now = useNow();
  const may = useMay();
  const { caller } = useColleagues();
  const { change, remove } = useNote(lead, note.id);
  const [open, setOpen] = useState<"edit" | "delete">();
  return (
    <li className="rounded-lg border border-line bg-card p-3">
      <div className="flex items-start justify-between gap-2">
        <p className="min-w-0 text-xs text-mute">
          {note.pinned && <Badge tone="brand">{t("notes.pinned")}</Badge>} {caller(note.author)},{" "}
          <Moment at={note.at} />
          {note.edited_at && <>, {t("notes.edited", { when: relative(note.edited_at, now, locale) })}</>}
        </p>
        {may("leads:write") && (
          <span className="-mt-1.5 -mr-1.5 flex">
            <IconButton
              label={t(note.pinned ? "notes.unpin" : "notes.pin")}
              onPress={() => change.mutate({ pinned: !note.pinned })}
            >
              {note.pinned ? <PinOff size={16} aria-hidden /> : <Pin size={16} aria-hidden />}
            </IconButton>
            <IconButton label={t("notes.edit")} onPress={() => setOpen("edit")}>
              <Pencil size={16} aria-hidden />
            </IconButton>
            <IconButton label={t("notes.delete")} onPress={() => setOpen("delete")}>
              <Trash2 size={16} aria-hidden />
            </IconButton>
          </span>
        )}
      </div>
      <p className="mt-1 break-words whitespace-pre-wrap">{note.text}</p>
      {change.error && <ErrorBox error={change.error} />}
      {open === "edit" && (
        <EditNote text={note.text} onClose={() => setOpen(undefined)} onSave={(text) => change.mutate({ text })} />
      )}
      <Confirm
        open={open === "delete"}
        onClose={() => setOpen(undefined)}
        title={t("notes.delete")}
        action={t("notes.delete")}
        onYes={() => remove.mutate()}
      >
        {t("notes.deleteAsk")}
      </Confirm>
    </li>
  );
}

function useNote(lead: number, id: number) {
  const client = useQueryClient();
  const path = { lead_id: lead, note_id: id };
  const onSuccess = () => client.invalidateQueries({ queryKey: ["lead", lead] });
  const change = useMutation({
    mutationFn: (body: Schemas["NoteChangeIn"]) =>
      ok(api.PATCH("/api/v1/leads/{lead_id}/notes/{note_id}", { params: { path }, body })),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: () => ok(api.DELETE("/api/v1/leads/{lead_id}/notes/{note_id}", { params: { path } })),
    onSuccess,
  });
  return { change, remove };
}

function EditNote({ text, onClose, onSave }: { text: string; onClose: () => void; onSave: (text: string) => void }) {
  const t = useWords();
  const [typed, setTyped] = useState(text);
  return (
    <Dialog open onClose={onClose} title={t("notes.edit")}>
      <div className="mt-3 grid gap-3">
        <TextField label={t("notes.title")} hidden lines={6} value={typed} onChange={setTyped} autoFocus />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button
            tone="primary"
            isDisabled={!typed.trim()}
            onPress={() => {
              onSave(typed);
              onClose();
            }}
          >
            {t("notes.save")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
