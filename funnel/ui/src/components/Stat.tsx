/** One number with its name, and where it leads. */
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

export function Stat({
  label,
  value,
  note,
  to,
}: {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  to?: LinkProps;
}) {
  return (
    <div className="relative rounded-lg border border-line bg-card p-4 has-[a:hover]:bg-raised">
      <dt className="text-mute">
        {to ? (
          <Link {...to} className="after:absolute after:inset-0">
            {label}
          </Link>
        ) : (
          label
        )}
      </dt>
      <dd className="mt-1 text-2xl font-semibold tabular-nums">{value}</dd>
      {note && <dd className="mt-0.5 text-xs text-mute">{note}</dd>}
    </div>
  );
}
