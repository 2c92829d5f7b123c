/** What there is to settle, in the order of the tabs. A new one needs a line here, and its words. */
import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import type { Key } from "../../words/words.ts";

export interface SettingsTab {
  /** its address: /settings/{id} */
  id: string;
  name: Key;
  /** shown to those who may this alone; without it, to everybody */
  scope?: string;
  Content: LazyExoticComponent<ComponentType>;
}

export const TABS: readonly SettingsTab[] = [
  {
    id: "account",
    name: "account.title",
    scope: "account:read",
    Content: lazy(() => import("./account/Account.tsx").then(({ Account }) => ({ default: Account }))),
  },
  {
    id: "people",
    name: "people.title",
    scope: "users:read",
    Content: lazy(() => import("./people/People.tsx").then(({ People }) => ({ default: People }))),
  },
  {
    id: "tokens",
    name: "tokens.title",
    scope: "tokens:read",
    Content: lazy(() => import("./tokens/Tokens.tsx").then(({ Tokens }) => ({ default: Tokens }))),
  },
  {
    id: "goals",
    name: "goals.title",
    scope: "goals:read",
    Content: lazy(() => import("./goals/Goals.tsx").then(({ Goals }) => ({ default: Goals }))),
  },
  {
    id: "assignment",
    name: "assignment.title",
    scope: "rules:write",
    Content: lazy(() => import("./assignment/Assignment.tsx").then(({ Assignment }) => ({ default: Assignment }))),
  },
  {
    id: "webhooks",
    name: "webhooks.title",
    scope: "webhooks:read",
    Content: lazy(() => import("./webhooks/Webhooks.tsx").then(({ Webhooks }) => ({ default: Webhooks }))),
  },
  {
    id: "privacy",
    name: "privacy.title",
    scope: "privacy:read",
    Content: lazy(() => import("./privacy/Privacy.tsx").then(({ Privacy }) => ({ default: Privacy }))),
  },
  {
    id: "audit",
    name: "audit.title",
    scope: "audit:read",
    Content: lazy(() => import("./audit/Audit.tsx").then(({ Audit }) => ({ default: Audit }))),
  },
];
