/** What the address of the list says, as the API is asked it. Pure. */
import type { Schemas } from "../../api/client.ts";

/** What narrows the list, in the order of its chips. */
export const FILTERS = [
  "stage",
  "owner",
  "tag",
  "no_tag",
  "may_mail",
  "campaign",
  "form",
  "score_min",
  "created_since",
] as const;
export type FilterName = (typeof FILTERS)[number];
export const SORTS = ["newest", "oldest", "name", "activity", "score"] as const;
export type Sort = (typeof SORTS)[number];
/** Names of the address. */
export const ASKED = ["search", ...FILTERS, "sort", "cursor"] as const;
export type Asked = { [name in (typeof ASKED)[number]]?: string };

/** The filters; a date begins at midnight, where the reader is. What is no number or date narrows nothing. */
export function filterOf(asked: Asked): Schemas["LeadFilterIn"] {
  const since = asked.created_since ? new Date(`${asked.created_since}T00:00`) : undefined;
  return {
    search: asked.search,
    stage: list(asked.stage),
    owner: /^[0-9]{1,15}$/.test(asked.owner ?? "") ? Number(asked.owner) : undefined,
    tag: list(asked.tag),
    no_tag: list(asked.no_tag),
    may_mail: asked.may_mail === undefined ? undefined : asked.may_mail === "yes",
    campaign: asked.campaign,
    form: asked.form,
    score_min: Number.isFinite(Number(asked.score_min)) ? numbered(asked.score_min) : undefined,
    created_since: since && !Number.isNaN(since.getTime()) ? since.toISOString() : undefined,
  };
}

/** The order, `newest` for one that there is not. */
export function sortOf(asked: Asked): Sort {
  return SORTS.find((sort) => sort === asked.sort) ?? "newest";
}

const list = (one: string | undefined) => (one === undefined ? undefined : [one]);
const numbered = (text: string | undefined) => (text === undefined ? undefined : Number(text));
