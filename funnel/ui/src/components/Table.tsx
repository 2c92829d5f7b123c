/** A table whose rows are links: the first cell holds a real link that is stretched over its row. */
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Checkbox } from "./Field.tsx";
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

/** Rows that are chosen, by key; `name` says which row a box is for, `all` what the box above does. */
export interface Choosing<T> {
  chosen: ReadonlySet<string | number>;
  onChoose: (chosen: Set<string | number>) => void;
  name: (row: T) => string;
  all: string;
}

export function Table<T>({
  label,
  columns,
  rows,
  rowKey,
  to,
  choosing,
}: {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string | number;
  to?: (row: T) => LinkProps;
  choosing?: Choosing<T>;
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
            {choosing && (
              <th scope="col" className="w-8 py-2.5 pl-3">
                <ChooseAll keys={rows.map(rowKey)} choosing={choosing} />
              </th>
            )}
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
              {choosing && (
                <td className="relative z-10 w-8 py-2.5 pl-3 align-top">
                  <Choose one={rowKey(row)} label={choosing.name(row)} choosing={choosing} />
                </td>
              )}
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

function Choose<T>({ one, label, choosing }: { one: string | number; label: string; choosing: Choosing<T> }) {
  const { chosen, onChoose } = choosing;
  return (
    <Checkbox
      aria-label={label}
      isSelected={chosen.has(one)}
      onChange={(on) => onChoose(new Set(on ? [...chosen, one] : [...chosen].filter((other) => other !== one)))}
    />
  );
}

function ChooseAll<T>({ keys, choosing }: { keys: (string | number)[]; choosing: Choosing<T> }) {
  const all = keys.length > 0 && keys.every((key) => choosing.chosen.has(key));
  return (
    <Checkbox
      aria-label={choosing.all}
      isSelected={all}
      onChange={(on) => choosing.onChoose(new Set(on ? keys : []))}
    />
  );
}
