/** What lies over the page: `Dialog` in the middle, `Drawer` at the right edge, `Confirm` for a question. */
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useWords } from "../lib/language.ts";
import { Button, IconButton } from "./Button.tsx";
import { cx } from "./cx.ts";

interface Open {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
}

const OVERLAY = "fixed inset-0 z-40 bg-black/40";
const PANEL = "border border-line bg-card text-ink shadow-xl outline-none";

export function Dialog({
  open,
  onClose,
  title,
  children,
  wide = false,
  role,
}: Open & { wide?: boolean; role?: "alertdialog" }) {
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(now) => now || onClose()}
      isDismissable={role !== "alertdialog"}
      className={cx(OVERLAY, "grid place-items-center p-4")}
    >
      <Modal className={cx(PANEL, "max-h-[90vh] w-full overflow-auto rounded-xl p-5", wide ? "max-w-2xl" : "max-w-md")}>
        <AriaDialog role={role} className="outline-none">
          <Heading slot="title" level={2} className="text-base font-semibold">
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** `side` left is for the folded navigation; settings come from the right. */
export function Drawer({ open, onClose, title, children, side = "right" }: Open & { side?: "left" | "right" }) {
  const t = useWords();
  return (
    <ModalOverlay isOpen={open} onOpenChange={(now) => now || onClose()} isDismissable className={OVERLAY}>
      <Modal
        className={cx(
          PANEL,
          "absolute inset-y-0 w-full overflow-auto",
          side === "right" ? "right-0 max-w-md border-y-0 border-r-0" : "left-0 max-w-64 border-y-0 border-l-0",
        )}
      >
        <AriaDialog className="p-4 outline-none">
          <div className="mb-3 flex items-center justify-between gap-2">
            <Heading slot="title" level={2} className="text-base font-semibold">
              {title}
            </Heading>
            <IconButton label={t("common.close")} onPress={onClose}>
              <X size={18} aria-hidden />
            </IconButton>
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Says what will happen and to how many; `action` is the verb on the button. */
export function Confirm({
  open,
  onClose,
  title,
  children,
  action,
  onYes,
  tone = "danger",
}: Open & { action: string; onYes: () => void; tone?: "danger" | "primary" }) {
  const t = useWords();
  return (
    <Dialog open={open} onClose={onClose} title={title} role="alertdialog">
      <div className="mt-2 text-sm text-mute">{children}</div>
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button autoFocus onPress={onClose}>
          {t("common.cancel")}
        </Button>
        <Button
          tone={tone}
          onPress={() => {
            onClose();
            onYes();
          }}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
