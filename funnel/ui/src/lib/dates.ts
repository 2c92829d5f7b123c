/** Times for people. Everything comes in as ISO text of the API; `now` is passed in, in milliseconds. */

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["week", 604_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** "3 days ago", "in 2 hours", "now". */
export function relative(at: string, now: number, locale: string): string {
  const distance = Date.parse(at) - now;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(distance) >= step) ?? ["second", 1_000];
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  return format.format(Math.trunc(distance / size), unit);
}

/** Day and minute with the zone: what a tooltip tells. */
export function exact(at: string, locale: string, zone?: string): string {
  return new Date(at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "long", timeZone: zone });
}

/** Hour and minute. */
export function clock(at: string, locale: string, zone?: string): string {
  return new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", timeZone: zone });
}

/** The day, written out; also what timelines are grouped by. */
export function day(at: string, locale: string, zone?: string): string {
  return new Date(at).toLocaleDateString(locale, { dateStyle: "full", timeZone: zone });
}

/** Things in their order, cut wherever the day changes. */
export function byDay<T extends { at: string }>(items: readonly T[], locale: string, zone?: string): [string, T[]][] {
  const days: [string, T[]][] = [];
  for (const item of items) {
    const name = day(item.at, locale, zone);
    const last = days.at(-1);
    if (last?.[0] === name) last[1].push(item);
    else days.push([name, [item]]);
  }
  return days;
}

/** Engine time: what the service said, gone on `speed` times faster since it was heard (milliseconds). */
export function engineTime(said: { now: string; speed: number }, heard: number, wall: number): number {
  return Date.parse(said.now) + (wall - heard) * said.speed;
}
