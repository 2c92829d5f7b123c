/** When a task is due, as a browser's date field writes it, in the browser's own zone. Pure. */

const two = (n: number): string => String(n).padStart(2, "0");

/** "2026-03-02T09:00": an ISO time in this zone. */
export function typed(at: string): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What was typed as an ISO time with its zone; null for what is no time. */
export function said(written: string): string | null {
  const date = new Date(written);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Tomorrow at nine: when most things are to be done. */
export function tomorrow(now: number): string {
  const date = new Date(now);
  date.setDate(date.getDate() + 1);
  date.setHours(9, 0, 0, 0);
  return date.toISOString();
}

export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
