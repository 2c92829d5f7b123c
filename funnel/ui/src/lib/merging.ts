/** What two leads of one person tell differently. Pure. */
import type { Schemas } from "../api/client.ts";

type Told = Pick<Schemas["LeadOut"], "fields">;

const blank = (value: unknown): boolean => value === undefined || value === null || value === "";

/** The fields that both know, with other values: somebody has to choose. */
export function differing(one: Told, other: Told): string[] {
  const both = Object.keys(one.fields).filter((key) => !blank(one.fields[key]) && !blank(other.fields[key]));
  return both.filter((key) => JSON.stringify(one.fields[key]) !== JSON.stringify(other.fields[key])).sort();
}
