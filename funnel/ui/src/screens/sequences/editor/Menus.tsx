/** The two menus of the flow: what to add, what to do with a step. One of each, shown beside the button pressed. */
import { type ReactNode, type RefObject, useRef } from "react";
import { Menu as AriaMenu, Popover } from "react-aria-components";
import { MenuItem } from "../../../components/Menu.tsx";
import { cx } from "../../../components/cx.ts";
import { useWords } from "../../../lib/language.ts";
import { type Kind, KINDS } from "../../../lib/sequence/document.ts";
import { titleOf } from "../../../lib/sequence/titles.ts";
import { LOOKS } from "./kinds.ts";
import type { Flow } from "./useFlow.ts";

function Floating({
  button,
  label,
  onClose,
  onAction,
  children,
}: {
  button: HTMLElement;
  label: string;
  onClose: () => void;
  onAction: (id: string) => void;
  children: ReactNode;
}) {
  const at: RefObject<HTMLElement> = useRef(button);
  return (
    <Popover
      aria-label={label}
      triggerRef={at}
      isOpen
      onOpenChange={(open) => open || onClose()}
      className="max-h-[80vh] max-w-80 min-w-56 overflow-auto rounded-lg border border-line bg-card p-1 text-ink shadow-lg"
    >
      <AriaMenu
        aria-label={label}
        autoFocus="first"
        onClose={onClose}
        onAction={(id) => onAction(String(id))}
        className="outline-none"
      >
        {children}
      </AriaMenu>
    </Popover>
  );
}

function AddMenu({
  button,
  paste,
  onPick,
  onPaste,
  onClose,
}: {
  button: HTMLElement;
  paste: string | null;
  onPick: (kind: Kind) => void;
  onPaste: () => void;
  onClose: () => void;
}) {
  const t = useWords();
  return (
    <Floating
      button={button}
      label={button.getAttribute("aria-label") ?? ""}
      onClose={onClose}
      onAction={(id) => (id === "paste" ? onPaste() : onPick(id as Kind))}
    >
      {paste !== null && <MenuItem id="paste">{t("seq.pasteHere", { title: paste })}</MenuItem>}
      {KINDS.map((kind) => {
        const { Icon, tint } = LOOKS[kind];
        return (
          <MenuItem key={kind} id={kind} textValue={t(`seq.kind.${kind}`)}>
            <span className={cx("grid size-7 shrink-0 place-items-center rounded", tint)}>
              <Icon size={15} aria-hidden />
            </span>
            <span>
              <span className="block font-medium">{t(`seq.kind.${kind}`)}</span>
              <span className="block text-xs text-mute">{t(`seq.help.${kind}`)}</span>
            </span>
          </MenuItem>
        );
      })}
    </Floating>
  );
}

export const DEEDS = ["add", "duplicate", "copy", "cut", "paste", "up", "down", "move", "delete"] as const;
export type Deed = (typeof DEEDS)[number];

const KEYS: Partial<Record<Deed, string>> = {
  add: "A",
  duplicate: "Ctrl D",
  copy: "Ctrl C",
  cut: "Ctrl X",
  paste: "Ctrl V",
  up: "Alt ↑",
  down: "Alt ↓",
  delete: "Del",
};

function StepMenu({
  button,
  canPaste,
  onDo,
  onClose,
}: {
  button: HTMLElement;
  canPaste: boolean;
  onDo: (deed: Deed) => void;
  onClose: () => void;
}) {
  const t = useWords();
  return (
    <Floating
      button={button}
      label={button.getAttribute("aria-label") ?? ""}
      onClose={onClose}
      onAction={(id) => onDo(id as Deed)}
    >
      {DEEDS.filter((deed) => deed !== "paste" || canPaste).map((deed) => (
        <MenuItem key={deed} id={deed} danger={deed === "delete"} textValue={t(`seq.do.${deed}`)}>
          <span className="flex-1">{t(`seq.do.${deed}`)}</span>
          {KEYS[deed] && (
            <kbd aria-hidden className="text-xs text-mute">
              {KEYS[deed]}
            </kbd>
          )}
        </MenuItem>
      ))}
    </Floating>
  );
}

/** Whichever of the two is open. */
export function FlowMenus({ flow }: { flow: Flow }) {
  const t = useWords();
  const { floating, clipboard, closeMenu } = flow;
  if (floating?.what === "add") {
    const { place } = floating;
    return (
      <AddMenu
        button={floating.button}
        paste={clipboard && titleOf(clipboard, t)}
        onPick={(kind) => flow.pick(place, kind)}
        onPaste={() => flow.paste(place)}
        onClose={closeMenu}
      />
    );
  }
  if (floating?.what === "step") {
    const { id, button } = floating;
    return (
      <StepMenu
        button={button}
        canPaste={clipboard !== null}
        onDo={(deed) => {
          closeMenu();
          flow.do(deed, id, button);
        }}
        onClose={closeMenu}
      />
    );
  }
  return null;
}
