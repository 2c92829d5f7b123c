/** Web addresses in plain text. Pure. */

const ADDRESS = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'»]/g;

/** The text in its order, cut into what is an address and what is not. */
export function cutLinks(text: string): { text: string; address: boolean }[] {
  const parts: { text: string; address: boolean }[] = [];
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    parts.push({ text: text.slice(end, found.index), address: false }, { text: found[0], address: true });
    end = found.index + found[0].length;
  }
  return [...parts, { text: text.slice(end), address: false }].filter((part) => part.text);
}
