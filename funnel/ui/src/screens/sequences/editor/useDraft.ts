/** The draft under work: its history, and saving it by itself. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { ApiError, AwayError } from "../../../api/client.ts";
import { useSession } from "../../../lib/session.ts";
import { useUnsaved } from "../../../lib/unsaved.ts";
import { readDocument, type SequenceDocument } from "../../../lib/sequence/document.ts";
import { begin, change, redo, seal, undo, type History } from "../../../lib/sequence/history.ts";
import { Saver, type Told, type Tried } from "../../../lib/sequence/saving.ts";
import { readSequence, saveDraft, sequenceKey } from "../queries.ts";
import type { Edit, Sequence } from "./types.ts";

export interface Draft {
  document: SequenceDocument;
  /** as the service answered last: problems, state, revision */
  saved: Sequence;
  told: Told;
  canUndo: boolean;
  canRedo: boolean;
  edit: Edit;
  undo: () => void;
  redo: () => void;
  /** a field was left: what is typed next is another entry of undo */
  seal: () => void;
  /** save what is not saved; whether all is saved then */
  flush: () => Promise<boolean>;
  /** after publishing or pausing: what the service says of the sequence now */
  reread: () => Promise<void>;
  /** of a conflict: take what the service has, with mine one undo away */
  takeTheirs: () => Promise<void>;
  /** of a conflict: mine under a new key, which is returned */
  keepAsCopy: (name: (of: string) => string) => Promise<string>;
}

const MOST_COPIES = 20;

/** `first` must be drawable. */
export function useDraft(first: Sequence, start: SequenceDocument): Draft {
  const { key } = first;
  const client = useQueryClient();
  const [history, setHistory] = useState<History<SequenceDocument>>(() => begin(start));
  const [saved, setSaved] = useState(first);
  const [told, setTold] = useState<Told>({ state: "saved", at: null });
  const revision = useRef(first.revision);
  const now = useRef(history);
  const heard = useCallback(
    (answer: Sequence) => {
      revision.current = answer.revision;
      setSaved(answer);
      client.setQueryData([...sequenceKey(key), "draft"], answer); // whoever comes back to the draft begins with it
    },
    [client, key],
  );
  const [saver] = useState(
    () =>
      new Saver<SequenceDocument, Sequence>({
        save: (document) => attempt(() => saveDraft(key, document, revision.current)),
        saved: (answer) => heard(answer),
        tell: setTold,
        now: Date.now,
        later: (call, milliseconds) => {
          const timer = setTimeout(call, milliseconds);
          return () => clearTimeout(timer);
        },
      }),
  );

  const become = useCallback(
    (next: History<SequenceDocument>) => {
      if (next === now.current) return;
      const changed = next.now !== now.current.now;
      now.current = next;
      setHistory(next);
      if (changed) saver.change(next.now);
    },
    [saver],
  );
  const edit = useCallback<Edit>(
    (make, within) => become(change(now.current, make(now.current.now), within || null)),
    [become],
  );

  // Leaving for another screen saves what was typed a moment ago; only what cannot be saved is asked about.
  useEffect(() => () => void saver.flush(), [saver]);
  useUnsaved(told.state !== "saved", told.state !== "saved" && told.state !== "waiting" && told.state !== "saving");
  const there = useSession().heard?.at;
  useEffect(() => {
    if (there !== undefined) void saver.back();
  }, [there, saver]);

  return {
    document: history.now,
    saved,
    told,
    canUndo: history.past.length > 0,
    canRedo: history.next.length > 0,
    edit,
    undo: useCallback(() => become(undo(now.current)), [become]),
    redo: useCallback(() => become(redo(now.current)), [become]),
    seal: useCallback(() => become(seal(now.current)), [become]),
    flush: useCallback(() => saver.flush(), [saver]),
    reread: useCallback(async () => setSaved(await readSequence(key)), [key]),
    takeTheirs: useCallback(async () => {
      const answer = await readSequence(key);
      const theirs = readDocument(answer.draft);
      if (!theirs) return location.reload(); // it can only be shown as JSON
      heard(answer);
      saver.forget();
      now.current = change(now.current, theirs);
      setHistory(now.current);
    }, [key, heard, saver]),
    keepAsCopy: useCallback(
      async (name) => {
        const mine = now.current.now;
        for (let n = 1; ; n += 1) {
          const copy = `${key.slice(0, 54)}-copy${n === 1 ? "" : `-${n}`}`;
          const called = name(typeof mine.name === "string" ? mine.name : key);
          try {
            await saveDraft(copy, { ...mine, key: copy, name: called }, null);
            flushSync(() => saver.forget()); // so that going to the copy does not ask about what is saved in it
            return copy;
          } catch (error) {
            if (!(error instanceof ApiError && error.code === "revision_needed" && n < MOST_COPIES)) throw error;
          }
        }
      },
      [key, saver],
    ),
  };
}

async function attempt(save: () => Promise<Sequence>): Promise<Tried<Sequence>> {
  try {
    return { how: "saved", answer: await save() };
  } catch (error) {
    if (error instanceof AwayError) return { how: "away" };
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return { how: "signedOut" };
    if (error.status === 412) return { how: "stale" };
    return error.status >= 500 ? { how: "away" } : { how: "refused", message: error.message };
  }
}
