/** The words of the app, in both languages, side by side. A text may count: "{n} lead|{n} leads". */
import { board } from "./board.ts";
import { bulk } from "./bulk.ts";
import { conversions } from "./conversions.ts";
import { exports } from "./exports.ts";
import { account } from "./account.ts";
import { facts } from "./facts.ts";
import { held } from "./held.ts";
import { home } from "./home.ts";
import type { imports } from "./imports.ts";
import { leads } from "./leads.ts";
import { mailbox } from "./mailbox.ts";
import { maturity } from "./maturity.ts";
import type { privacy } from "./privacy.ts";
import { people } from "./people.ts";
import { rules } from "./rules.ts";
import { segments } from "./segments.ts";
import type { sequences } from "./sequences.ts";
import { settings } from "./settings.ts";
import { shell } from "./shell.ts";
import { work } from "./work.ts";
import type { webhooks } from "./webhooks.ts";

/** English and French of one text. */
export type Pair = readonly [en: string, fr: string];
export type Language = "en" | "fr";
export type Values = Readonly<Record<string, string | number>>;

const first = {
  ...shell,
  ...board,
  ...bulk,
  ...home,
  ...held,
  ...leads,
  ...facts,
  ...conversions,
  ...mailbox,
  ...maturity,
  ...rules,
  ...segments,
  ...settings,
  ...work,
  ...exports,
  ...account,
  ...people,
} as const satisfies Record<string, Pair>;
export type Key =
  keyof typeof first | keyof typeof imports | keyof typeof privacy | keyof typeof sequences | keyof typeof webhooks;

/** All texts that are loaded. */
export const words: Record<string, Pair> = { ...first };

/** Many words of few screens are loaded with these: their files add themselves. */
export function add(more: Readonly<Record<string, Pair>>): void {
  Object.assign(words, more);
}

/** The text of `key`, its {names} filled in; `n` chooses between one and many. */
export function say(language: Language, key: Key, values: Values = {}): string {
  const pair = words[key];
  if (!pair) throw new Error(`the words with ${key} are not loaded`);
  return fill(language, pair[language === "fr" ? 1 : 0], values);
}

export function fill(language: Language, text: string, values: Values): string {
  const forms = text.split("|");
  const one = forms.length > 1 && new Intl.PluralRules(language).select(Number(values.n)) === "one";
  const chosen = (one ? forms[0] : forms.at(-1)) ?? text;
  return chosen.replace(/\{(\w+)\}/g, (_, name: string) => shown(language, values[name] ?? ""));
}

/** Whether there is a text of this name: facts and reasons come from the service, which may know more of them. */
export function isKey(name: string): name is Key {
  return Object.hasOwn(words, name);
}

function shown(language: Language, value: string | number): string {
  return typeof value === "number" ? value.toLocaleString(language) : value;
}
