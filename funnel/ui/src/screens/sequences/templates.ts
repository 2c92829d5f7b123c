/** Sequences to start from: plain documents, in both languages. */
import type { SequenceDocument } from "../../lib/sequence/document.ts";
import type { Language } from "../../words/words.ts";
import written from "./templates.json";

export interface Template {
  key: string;
  name: string;
  told: string;
  document: SequenceDocument;
}

export function templates(language: Language): Template[] {
  const n = language === "fr" ? 1 : 0;
  return written.map((one) => ({
    key: one.key,
    name: one.name[n] as string,
    told: one.told[n] as string,
    document: one[language] as unknown as SequenceDocument,
  }));
}
