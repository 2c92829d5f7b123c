/** What a person does to the steps: add, move, copy, delete; by menu and by keyboard. */
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";
import { type Kind, type Step, armsOf } from "../../../lib/sequence/document.ts";
import { titleOf } from "../../../lib/sequence/titles.ts";
import {
  copyOf,
  find,
  freshStep,
  ids,
  insert,
  move,
  neighbour,
  type Lane,
  listAt,
  type Place,
  placeOf,
  remove,
  shift,
  unwrap,
  walk,
} from "../../../lib/sequence/tree.ts";
import type { Deed } from "./Menus.tsx";
import type { Actions, Edit, Selection } from "./types.ts";

/** What stands beside the steps: the settings of one, of the sequence, the simulation. */
export type Beside = { what: "step"; id: string } | { what: "sequence" } | { what: "simulation" } | null;

type Floating =
  { what: "add"; place: Place; button: HTMLElement } | { what: "step"; id: string; button: HTMLElement } | null;

export type Flow = ReturnType<typeof useFlow>;

/** Lives as long as the page: a step can be pasted into another sequence. */
let clipboard: Step | null = null;

export function useFlow(steps: Step[], edit: Edit, locked: boolean) {
  const t = useWords();
  const [beside, setBeside] = useState<Beside>(null);
  const [floating, setFloating] = useState<Floating>(null);
  const [movingId, setMoving] = useState<string | null>(null);
  const [deleting, setDeleting] = useState<Step | null>(null);
  const focus = useFocus();
  const now = useRef(steps);
  const looking = useRef<string | null>(null);
  now.current = steps;
  looking.current = movingId;
  const selection = useSelection(beside?.what === "step" ? beside.id : null);

  const change = useCallback(
    (make: (list: Step[]) => Step[]) =>
      edit((document) => {
        const after = make(document.steps);
        return after === document.steps ? document : { ...document, steps: after };
      }),
    [edit],
  );
  const put = useCallback(
    (place: Place, step: Step, open: boolean) => {
      change((list) => insert(list, place, step));
      if (open) setBeside({ what: "step", id: step.id });
      else focus(step.id);
    },
    [change, focus],
  );
  const paste = useCallback(
    (place: Place) => clipboard && put(place, copyOf(clipboard, ids(now.current)), false),
    [put],
  );

  const drop = useCallback(
    (id: string, cut: (list: Step[]) => Step[]) => {
      const step = find(now.current, id);
      if (!step) return;
      const inside = new Set([...walk([step])].map((one) => one.id));
      const order = [...walk(now.current)].map((one) => one.id);
      const next = order.slice(order.indexOf(id)).find((one) => !inside.has(one)) ?? order[order.indexOf(id) - 1];
      change(cut);
      setBeside(null);
      setDeleting(null);
      focus(next ?? null);
      toast(t("seq.deleted", { title: titleOf(step, t) }));
    },
    [change, focus, t],
  );

  const deeds = useCallback(
    (deed: Deed, id: string, button: HTMLElement) => {
      const step = find(now.current, id);
      const place = placeOf(now.current, id);
      if (!step || !place) return;
      const after = { lane: place.lane, index: place.index + 1 };
      const copy = () => {
        clipboard = step;
        toast(t("seq.copied", { title: titleOf(step, t) }));
      };
      const erase = () =>
        armsOf(step).some((arm) => arm.steps.length) ? setDeleting(step) : drop(id, (list) => remove(list, id));
      const all: Record<Deed, () => void> = {
        add: () => setFloating({ what: "add", place: after, button }),
        duplicate: () => put(after, copyOf(step, ids(now.current)), false),
        copy,
        cut: () => {
          clipboard = step;
          drop(id, (list) => remove(list, id));
        },
        paste: () => void paste(after),
        up: () => {
          change((list) => shift(list, id, -1));
          focus(id);
        },
        down: () => {
          change((list) => shift(list, id, 1));
          focus(id);
        },
        move: () => {
          setMoving(id);
          setBeside(null);
        },
        delete: erase,
      };
      all[deed]();
    },
    [change, drop, focus, paste, put, t],
  );

  const actions = useMemo<Actions>(
    () => ({
      select: (id) => setBeside(id === null ? null : { what: "step", id }),
      add: (lane, after, button) => setFloating({ what: "add", place: placeAfter(now.current, lane, after), button }),
      menu: (id, button) => setFloating({ what: "step", id, button }),
      moveTo: (lane, after) => {
        const id = looking.current;
        setMoving(null);
        if (id === null) return;
        change((list) => move(list, id, placeAfter(list, lane, after)));
        focus(id);
      },
    }),
    [change, focus],
  );

  const onKeyDown = useCallback(
    (event: KeyboardEvent<HTMLElement>) => {
      if (event.key === "Escape") setMoving(null);
      const card = (event.target as HTMLElement).closest<HTMLElement>("[data-step]");
      const id = card?.dataset.step;
      if (!card || !id) return;
      const way = WAYS[event.key];
      const deed = locked ? undefined : deedOf(event);
      if (deed) deeds(deed, id, card);
      else if (way && !event.altKey && !event.ctrlKey && !event.metaKey) focus(neighbour(now.current, id, way) ?? id);
      else return;
      event.preventDefault();
    },
    [deeds, focus, locked],
  );

  const close = useCallback(() => {
    if (beside?.what === "step") focus(beside.id);
    setBeside(null);
  }, [beside, focus]);
  const moving = movingId === null ? null : (find(steps, movingId) ?? null);

  return {
    beside,
    setBeside,
    selection,
    close,
    floating,
    actions,
    moving,
    deleting,
    focus,
    onKeyDown,
    stopMoving: () => setMoving(null),
    stopDeleting: () => setDeleting(null),
    closeMenu: () => setFloating(null),
    clipboard,
    pick: (place: Place, kind: Kind) => put(place, freshStep(kind, ids(now.current)), true),
    paste,
    do: deeds,
    deleteAll: (id: string) => drop(id, (list) => remove(list, id)),
    keepPath: (id: string, arm: number) => drop(id, (list) => unwrap(list, id, arm)),
  };
}

const WAYS: Record<string, "up" | "down" | "left" | "right"> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};
const WITH_CTRL: Record<string, Deed> = { c: "copy", x: "cut", v: "paste", d: "duplicate" };

function deedOf(event: KeyboardEvent): Deed | undefined {
  if (event.altKey) return event.key === "ArrowUp" ? "up" : event.key === "ArrowDown" ? "down" : undefined;
  if (event.ctrlKey || event.metaKey) return WITH_CTRL[event.key.toLowerCase()];
  return event.key === "Delete" || event.key === "Backspace"
    ? "delete"
    : event.key.toLowerCase() === "a"
      ? "add"
      : undefined;
}

function placeAfter(steps: Step[], lane: Lane, after: string | null): Place {
  return { lane, index: after === null ? 0 : listAt(steps, lane).findIndex((step) => step.id === after) + 1 };
}

/** The selected step, for those who listen; they hear of it once the page is drawn. */
function useSelection(id: string | null): Selection {
  const [store] = useState(() => {
    const calls = new Set<() => void>();
    let held: string | null = null;
    const selection: Selection = {
      get: () => held,
      subscribe: (call) => {
        calls.add(call);
        return () => calls.delete(call);
      },
    };
    const hold = (next: string | null) => {
      held = next;
      for (const call of calls) call();
    };
    return { selection, hold };
  });
  useLayoutEffect(() => store.hold(id), [id, store]);
  return store.selection;
}

/** Gives the focus to the card of a step, once it is drawn; without a step, to the first + there is. */
function useFocus() {
  const wanted = useRef<{ id: string | null } | null>(null);
  const [, again] = useState(0);
  useEffect(() => {
    if (!wanted.current) return;
    const { id } = wanted.current;
    wanted.current = null;
    const card = document.querySelector<HTMLElement>(id === null ? "[data-plus]" : `[data-step="${CSS.escape(id)}"]`);
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  return useCallback((id: string | null) => {
    wanted.current = { id };
    again((n) => n + 1);
  }, []);
}
