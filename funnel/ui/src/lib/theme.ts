/** Light or dark: what the system says, unless the user chose. */
import { lasting } from "./lasting.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
export const theme = lasting<Theme>("funnel.theme", THEMES, () => "system");

/** Put the choice on the page, now and after each change. */
export function followTheme(root: HTMLElement): void {
  const show = () => {
    if (theme.get() === "system") delete root.dataset.theme;
    else root.dataset.theme = theme.get();
  };
  show();
  theme.subscribe(show);
}
