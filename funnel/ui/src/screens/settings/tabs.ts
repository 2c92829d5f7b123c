/** What there is to settle, in the order of the tabs. A new one needs a line here, and its words. */
import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import type { Key } from "../../words/words.ts";

export interface SettingsTab {
  /** its address: /settings/{id} */
  id: string;
  name: Key;
  Content: LazyExoticComponent<ComponentType>;
}

export const TABS: readonly SettingsTab[] = [
  {
    id: "tokens",
    name: "tokens.title",
    Content: lazy(() => import("./tokens/Tokens.tsx").then(({ Tokens }) => ({ default: Tokens }))),
  },
  {
    id: "assignment",
    name: "assignment.title",
    Content: lazy(() => import("./assignment/Assignment.tsx").then(({ Assignment }) => ({ default: Assignment }))),
  },
  {
    id: "webhooks",
    name: "webhooks.title",
    Content: lazy(() => import("./webhooks/Webhooks.tsx").then(({ Webhooks }) => ({ default: Webhooks }))),
  },
  {
    id: "privacy",
    name: "privacy.title",
    Content: lazy(() => import("./privacy/Privacy.tsx").then(({ Privacy }) => ({ default: Privacy }))),
  },
  {
    id: "audit",
    name: "audit.title",
    Content: lazy(() => import("./audit/Audit.tsx").then(({ Audit }) => ({ default: Audit }))),
  },
];
