/** Who enters, as rows; and the days of a window, as seven boxes. What rows cannot show is edited as JSON. */
import { type Json, isFields } from "./document.ts";

export const TRIGGERS = ["form", "stage", "tag", "segment", "event"] as const;
export type Trigger = (typeof TRIGGERS)[number];

export interface Entry {
  kind: Trigger;
  value: string;
}

/** Null for what rows cannot show. Nothing at all: by hand and through the API only. */
export function readEntries(enter: Json | undefined): Entry[] | null {
  if (enter === undefined || enter === null) return [];
  if (!isFields(enter)) return null;
  if (!Object.keys(enter).length) return [];
  const several = Object.keys(enter).length === 1 && Array.isArray(enter.any) ? enter.any : [enter];
  const entries = several.map(readEntry);
  return entries.every((entry) => entry !== null) ? entries : null;
}

function readEntry(value: Json): Entry | null {
  const keys = isFields(value) ? Object.keys(value) : [];
  const kind = TRIGGERS.find((one) => one === keys[0]);
  const word = kind && isFields(value) ? value[kind] : undefined;
  return keys.length === 1 && kind && typeof word === "string" ? { kind, value: word } : null;
}

/** One stands alone, several stand in a list. */
export function writeEntries(entries: readonly Entry[]): Json {
  const written = entries.map(({ kind, value }) => ({ [kind]: value }));
  return written.length === 0 ? {} : written.length === 1 ? (written[0] as Json) : { any: written };
}

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** Which of the seven days; every day when nothing is said; null for what boxes cannot show. */
export function readDays(written: Json | undefined): boolean[] | null {
  if (written === undefined) return DAYS.map(() => true);
  const words = typeof written === "string" ? written.split(",") : Array.isArray(written) ? written : [];
  const days = DAYS.map(() => false);
  for (const word of words) {
    const [first, last = first] = typeof word === "string" ? word.trim().toLowerCase().split("-").map(indexOf) : [-1];
    if (first === undefined || last === undefined || first < 0 || last < 0) return null;
    for (let n = first; ; n = (n + 1) % 7) {
      days[n] = true;
      if (n === last) break;
    }
  }
  return words.length ? days : null;
}

/** "mon-fri", "mon,wed": as short as it goes within a week. */
export function writeDays(days: readonly boolean[]): string {
  const spans: string[] = [];
  for (let n = 0; n < 7; n += 1) {
    if (!days[n]) continue;
    const first = n;
    while (days[n + 1]) n += 1;
    spans.push(
      n === first ? nameOf(n) : n === first + 1 ? `${nameOf(first)},${nameOf(n)}` : `${nameOf(first)}-${nameOf(n)}`,
    );
  }
  return spans.join(",");
}

const indexOf = (word: string) => DAYS.findIndex((day) => day === word);
const nameOf = (n: number): string => DAYS[n] as string;
