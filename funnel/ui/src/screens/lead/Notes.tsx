/** What colleagues should know of a lead: pinned notes first, then the newest. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { TextField } from "../../components/Field.tsx";
import { ErrorBox, Skeleton } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { useMay } from "../../lib/may.ts";
import { NoteItem } from "./NoteItem.tsx";

const PAGE = 20;

export function Notes({ id }: { id: number }) {
  const t = useWords();
  const may = useMay();
  const query = useInfiniteQuery({
    queryKey: ["lead", id, "notes"],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/api/v1/leads/{lead_id}/notes", {
          params: { path: { lead_id: id }, query: { limit: PAGE, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    ...LIVE,
  });
  if (!query.data)
    return query.error ? <ErrorBox error={query.error} onAgain={() => void query.refetch()} /> : <Skeleton />;
  const notes = [...(query.data.pages[0]?.pinned ?? []), ...query.data.pages.flatMap((page) => page.items)];
  return (
    <div className="grid gap-4">
      {may("leads:write") && <NewNote id={id} />}
      {notes.length === 0 ? (
        <p className="text-mute">{t("notes.none")}</p>
      ) : (
        <ul className="grid gap-3">
          {notes.map((note) => (
            <NoteItem key={note.id} lead={id} note={note} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button isDisabled={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
          {t("notes.more")}
        </Button>
      )}
    </div>
  );
}

function NewNote({ id }: { id: number }) {
  const t = useWords();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const add = useMutation({
    mutationFn: () =>
      ok(
        api.POST("/api/v1/leads/{lead_id}/notes", {
          params: { path: { lead_id: id } },
          body: { text, pinned: false },
        }),
      ),
    onSuccess: async () => {
      setText("");
      await client.invalidateQueries({ queryKey: ["lead", id] });
    },
  });
  return (
    <div className="grid gap-2">
      <TextField label={t("notes.new")} hint={t("notes.hint")} lines={3} value={text} onChange={setText} />
      {add.error && <ErrorBox error={add.error} />}
      <div className="flex justify-end">
        <Button tone="primary" isDisabled={!text.trim() || add.isPending} onPress={() => add.mutate()}>
          {t("notes.add")}
        </Button>
      </div>
    </div>
  );
}
