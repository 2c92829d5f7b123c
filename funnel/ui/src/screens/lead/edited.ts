/** What a person changed of a lead, as the API takes it. Pure. */

/** The fields that a line of text can hold: texts, and numbers. */
export function texts(fields: Record<string, unknown>): Record<string, string> {
  const plain = Object.entries(fields).filter(([, value]) => typeof value === "string" || typeof value === "number");
  return Object.fromEntries(plain.map(([key, value]) => [key, String(value)]));
}

/** What differs; empty is null, which removes it. A number stays a number as long as it is one. */
export function changed(fields: Record<string, unknown>, now: Record<string, string>): Record<string, unknown> {
  const known = texts(fields);
  const differing = Object.entries(now).filter(([key, value]) => value.trim() !== (known[key] ?? ""));
  return Object.fromEntries(differing.map(([key, value]) => [key, told(fields[key], value.trim())]));
}

/** Tags as people write them in one line: those that come on, and those that come off. */
export function retagged(known: readonly string[], line: string): { add_tags: string[]; remove_tags: string[] } {
  const now = new Set(line.split(",").map((tag) => tag.trim()));
  now.delete("");
  return {
    add_tags: [...now].filter((tag) => !known.includes(tag)),
    remove_tags: known.filter((tag) => !now.has(tag)),
  };
}

function told(before: unknown, value: string): unknown {
  if (value === "") return null;
  return typeof before === "number" && Number.isFinite(Number(value)) ? Number(value) : value;
}
