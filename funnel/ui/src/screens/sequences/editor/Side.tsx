/** What stands beside the steps: settings, the simulation. On narrow screens it lies over them. */
import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";
import { IconButton } from "../../../components/Button.tsx";
import { Drawer } from "../../../components/Dialog.tsx";
import { useWords } from "../../../lib/language.ts";

const NARROW = "(max-width: 899px)";

function useNarrow(): boolean {
  return useSyncExternalStore(
    (call) => {
      const media = matchMedia(NARROW);
      media.addEventListener("change", call);
      return () => media.removeEventListener("change", call);
    },
    () => matchMedia(NARROW).matches,
  );
}

/** `name` tells one content from another: a new one takes the focus to its first field. */
export function Side({
  name,
  title,
  onClose,
  onLeaveField,
  children,
}: {
  name: string;
  title: string;
  onClose: () => void;
  onLeaveField?: () => void;
  children: ReactNode;
}) {
  const t = useWords();
  const narrow = useNarrow();
  const inside = useRef<HTMLDivElement>(null);
  useEffect(() => {
    inside.current?.querySelector<HTMLElement>("input, textarea, select, button")?.focus({ preventScroll: true });
  }, [name, narrow]); // a window that becomes narrow, or wide, draws it anew
  const content = (
    <div ref={inside} onBlur={onLeaveField}>
      {children}
    </div>
  );
  if (narrow)
    return (
      <Drawer open onClose={onClose} title={title}>
        {content}
      </Drawer>
    );
  return (
    <aside
      aria-label={title}
      className="sticky top-14 h-[calc(100dvh-3.5rem)] w-96 shrink-0 self-start overflow-y-auto border-l border-line bg-card p-4"
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
    >
      <div className="mb-3 flex items-start justify-between gap-2">
        <h2 className="min-w-0 pt-1.5 font-semibold break-words">{title}</h2>
        <IconButton label={t("common.close")} onPress={onClose}>
          <X size={18} aria-hidden />
        </IconButton>
      </div>
      {content}
    </aside>
  );
}
