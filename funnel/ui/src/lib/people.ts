/** What leads are called. Pure. */
import type { Schemas } from "../api/client.ts";

type Told = Pick<Schemas["LeadOut"], "email" | "fields">;

/** First and last name where a form asked for them; else nothing. */
export function nameOf(lead: Told): string {
  const part = (key: string) => (typeof lead.fields[key] === "string" ? (lead.fields[key] as string).trim() : "");
  return [part("first_name"), part("last_name")].filter(Boolean).join(" ") || part("name");
}

/** The value of a field as text; `yes` and `no` are the reader's words. */
export function shown(value: unknown, yes: string, no: string): string {
  if (value === true) return yes;
  if (value === false) return no;
  if (Array.isArray(value)) return value.map((one) => shown(one, yes, no)).join(", ");
  return value !== null && typeof value === "object" ? JSON.stringify(value) : String(value ?? "");
}
