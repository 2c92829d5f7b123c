/** Everything that is pressed: `Button`, and `LinkButton` for what leads somewhere. */
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button as Pressed, type ButtonProps } from "react-aria-components";
import { cx } from "./cx.ts";

export type Tone = "plain" | "primary" | "danger" | "ghost";

const SHAPE =
  "inline-flex min-h-9 items-center justify-center gap-1.5 rounded-md px-3 py-1.5 text-sm font-medium disabled:opacity-50";
const TONES: Record<Tone, string> = {
  plain: "border border-edge bg-card text-ink hover:bg-raised",
  primary: "bg-brand-fill text-white hover:bg-brand-fill-hover",
  danger: "border border-bad text-bad hover:bg-bad-tint",
  ghost: "text-ink hover:bg-raised",
};

export function Button({
  tone = "plain",
  className,
  ...rest
}: Omit<ButtonProps, "className"> & { tone?: Tone; className?: string }) {
  return <Pressed {...rest} className={cx(SHAPE, TONES[tone], className)} />;
}

/** Square, for one icon; `label` is its name. */
export function IconButton({
  label,
  className,
  ...rest
}: Omit<ButtonProps, "className"> & { label: string; className?: string }) {
  return (
    <Pressed
      {...rest}
      aria-label={label}
      className={cx(
        "grid size-9 shrink-0 place-items-center rounded-md hover:bg-raised disabled:opacity-50",
        className,
      )}
    />
  );
}

export function LinkButton({ tone = "plain", children, ...rest }: LinkProps & { tone?: Tone; children: ReactNode }) {
  return (
    <Link {...rest} className={cx(SHAPE, TONES[tone])}>
      {children}
    </Link>
  );
}
