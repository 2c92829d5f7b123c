/** The query of an address: plain names and texts, so that addresses can be read, typed and shared. Pure. */

export function readSearch(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}

/** Whatever is empty or absent is left out. */
export function writeSearch(search: Record<string, unknown>): string {
  const kept = Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const query = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
  return query && `?${query}`;
}

/** For a route's `validateSearch`: these names and no others. */
export function only<Name extends string>(
  ...names: Name[]
): (search: Record<string, unknown>) => { [name in Name]?: string } {
  return (search) =>
    Object.fromEntries(
      names
        .filter((name) => typeof search[name] === "string" && search[name] !== "")
        .map((name) => [name, search[name]]),
    ) as { [name in Name]?: string };
}
