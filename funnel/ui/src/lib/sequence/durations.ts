/** Durations as documents write them ("2 days"), as far as one number and one unit say them. */

export const UNITS = ["minutes", "hours", "days", "weeks"] as const;
export type Unit = (typeof UNITS)[number];

export interface Duration {
  amount: string;
  unit: Unit;
}

/** The number may still be missing, while it is typed. Null for what two fields cannot show, such as "1 day 12 hours": it is edited as text. */
export function readDuration(written: unknown): Duration | null {
  const match = typeof written === "string" ? /^\s*([\d.]*)\s*(minute|hour|day|week)s?\s*$/i.exec(written) : null;
  return match ? { amount: match[1] ?? "", unit: `${(match[2] as string).toLowerCase()}s` as Unit } : null;
}

/** "1 day", "2 days"; what was typed stays, also when it is no number yet. */
export function writeDuration({ amount, unit }: Duration): string {
  return `${amount} ${amount.trim() === "1" ? unit.slice(0, -1) : unit}`;
}
