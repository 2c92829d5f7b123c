/** A table whose rows are links: the first cell holds a real link that is stretched over its row. */
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export interface Column<T> {
  id: string;
  title: string;
  cell: (row: T) => ReactNode;
  /** numbers stand at the right */
  number?: boolean;
  /** left out on narrow screens */
  wide?: boolean;
}

export function Table<T>({
  label,
  columns,
  rows,
  rowKey,
  to,
}: {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string | number;
  to?: (row: T) => LinkProps;
}) {
  const place = (column: Column<T>) =>
    cx("px-3 py-2.5", column.number && "text-right tabular-nums", column.wide && "max-md:hidden");
  return (
    <div
      className="overflow-x-auto rounded-lg border border-line bg-card"
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table className="w-full text-left text-sm">
        <thead className="border-b border-line text-xs text-mute">
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={cx(place(column), "font-medium whitespace-nowrap")}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="relative border-b border-line last:border-0 hover:bg-raised">
              {columns.map((column, n) =>
                n === 0 ? (
                  <th key={column.id} scope="row" className={cx(place(column), "font-normal")}>
                    {to ? (
                      <Link {...to(row)} className="after:absolute after:inset-0">
                        {column.cell(row)}
                      </Link>
                    ) : (
                      column.cell(row)
                    )}
                  </th>
                ) : (
                  <td key={column.id} className={place(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
