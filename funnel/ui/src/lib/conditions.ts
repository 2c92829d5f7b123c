/**
 * Conditions as rows: "all of" or "any of", each row a term, a group of rows, or, for what rows cannot show, raw JSON.
 * Reading and writing give back the same condition, so that an edit changes only what was edited.
 */
import { type Json, isFields } from "./sequence/document.ts";

export const TERMS = [
  "stage",
  "tag",
  "field",
  "answer",
  "score",
  "form",
  "consent",
  "event",
  "source",
  "created",
  "sequence",
  "segment",
] as const;
export type Term = (typeof TERMS)[number];

export type Row =
  | { type: "term"; not: boolean; term: Term; value: Json }
  | { type: "group"; not: boolean; group: Group }
  | { type: "raw"; json: Json };

export interface Group {
  how: "all" | "any";
  rows: readonly Row[];
  /** a single term that stands without "all" or "any" around it */
  bare: boolean;
}

export function readCondition(condition: Json): Group {
  const group = readGroup(condition);
  return group ?? { how: "all", rows: [readRow(condition)], bare: true };
}

export function writeCondition(group: Group): Json {
  const rows = group.rows.map(writeRow);
  return group.bare && rows.length === 1 ? (rows[0] as Json) : { [group.how]: rows };
}

function readGroup(condition: Json): Group | null {
  if (!isFields(condition) || Object.keys(condition).length !== 1) return null;
  const how = "all" in condition ? "all" : "any" in condition ? "any" : null;
  const parts = how && condition[how];
  return how && Array.isArray(parts) ? { how, rows: parts.map(readRow), bare: false } : null;
}

function readRow(condition: Json): Row {
  const turned = isFields(condition) && Object.keys(condition).length === 1 && "not" in condition;
  const inside = turned ? (condition.not as Json) : condition;
  const group = readGroup(inside);
  if (group) return { type: "group", not: turned, group };
  const term = isFields(inside) && Object.keys(inside).length === 1 ? TERMS.find((one) => one in inside) : undefined;
  if (!term) return { type: "raw", json: condition };
  return { type: "term", not: turned, term, value: (inside as Record<Term, Json>)[term] };
}

function writeRow(row: Row): Json {
  if (row.type === "raw") return row.json;
  const inside: Json = row.type === "group" ? writeCondition(row.group) : { [row.term]: row.value };
  return row.not ? { not: inside } : inside;
}

/** A new row of a term; what only a person can know is empty. */
export function freshValue(term: Term): Json {
  switch (term) {
    case "field":
      return { key: "", is: "" };
    case "answer":
      return { form: "", key: "", is: "" };
    case "score":
      return { at_least: 1 };
    case "source":
      return { campaign: "" };
    case "created":
      return { in_last: "30 days" };
    default:
      return "";
  }
}
