/** From page to page of a long list: on to the next, or back to the first. The browser's own way back does the rest. */
import type { LinkProps } from "@tanstack/react-router";
import { useWords } from "../lib/language.ts";
import { LinkButton } from "./Button.tsx";

/** `address` makes the link of the page that starts at a cursor; without one, of the first page. */
export function Pages({
  cursor,
  next,
  address,
}: {
  cursor?: string;
  next: string | null;
  address: (cursor?: string) => LinkProps;
}) {
  const t = useWords();
  if (!cursor && !next) return null;
  return (
    <div className="mt-3 flex justify-end gap-2">
      {cursor && <LinkButton {...address()}>{t("common.first")}</LinkButton>}
      {next && <LinkButton {...address(next)}>{t("common.next")}</LinkButton>}
    </div>
  );
}
