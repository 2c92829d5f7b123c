/** A button that opens a list of actions, by mouse, keyboard and touch. */
import type { ReactNode } from "react";
import {
  Header,
  Menu as AriaMenu,
  MenuItem as AriaItem,
  type MenuItemProps,
  MenuSection as AriaSection,
  type MenuSectionProps,
  MenuTrigger,
  Popover,
} from "react-aria-components";
import { Check } from "lucide-react";
import { cx } from "./cx.ts";

/** `button` is a Button or an IconButton; `children` are MenuItems and MenuSections. */
export function Menu({
  button,
  children,
  label,
  onAction,
}: {
  button: ReactNode;
  children: ReactNode;
  label: string;
  onAction?: (id: string) => void;
}) {
  return (
    <MenuTrigger>
      {button}
      <Popover className="max-w-80 min-w-56 overflow-auto rounded-lg border border-line bg-card p-1 text-ink shadow-lg">
        <AriaMenu aria-label={label} onAction={(key) => onAction?.(String(key))} className="outline-none">
          {children}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

export function MenuItem({
  children,
  danger = false,
  ...rest
}: Omit<MenuItemProps, "className" | "children"> & { children: ReactNode; danger?: boolean }) {
  return (
    <AriaItem
      {...rest}
      textValue={rest.textValue ?? (typeof children === "string" ? children : undefined)}
      className={cx(
        "group flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none data-[disabled]:opacity-50 data-[focused]:bg-raised",
        danger && "text-bad",
      )}
    >
      {({ selectionMode, isSelected }) => (
        <>
          {selectionMode !== "none" && (
            <span className="w-4 shrink-0">{isSelected && <Check size={16} aria-hidden />}</span>
          )}
          {children}
        </>
      )}
    </AriaItem>
  );
}

export function MenuSection({
  title,
  children,
  ...rest
}: Omit<MenuSectionProps<object>, "className" | "children"> & { title: string; children: ReactNode }) {
  return (
    <AriaSection {...rest} className="mt-1 border-t border-line pt-1 first:mt-0 first:border-0">
      <Header className="px-2 py-1 text-xs text-mute">{title}</Header>
      {children}
    </AriaSection>
  );
}
