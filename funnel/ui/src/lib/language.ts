/** The language of this browser's user, and the words in it. */
import { useSyncExternalStore } from "react";
import { type Key, type Language, type Values, say } from "../words/words.ts";
import { lasting } from "./lasting.ts";

const wanted = (): Language => {
  const known = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === "en" || tag === "fr");
  return known === "fr" ? "fr" : "en";
};

export const language = lasting<Language>("funnel.language", ["en", "fr"], wanted);

export function useLanguage(): Language {
  return useSyncExternalStore(language.subscribe, language.get);
}

/** How dates and numbers are written: the language in the region that the browser names (en-GB, fr-CA). */
export function useLocale(): string {
  const chosen = useLanguage();
  return navigator.languages.find((tag) => tag.startsWith(`${chosen}-`)) ?? chosen;
}

/** The words: `t("leads.count", { n: 3 })`. */
export function useWords(): (key: Key, values?: Values) => string {
  const chosen = useLanguage();
  return (key, values) => say(chosen, key, values);
}
