/** An engine time, told from now; the exact one with its zone is in the tooltip. */
import { exact, relative } from "../lib/dates.ts";
import { useLocale } from "../lib/language.ts";
import { useNow } from "../lib/session.ts";

export function Moment({ at }: { at: string }) {
  const locale = useLocale();
  return (
    <time dateTime={at} title={exact(at, locale)} className="whitespace-nowrap">
      {relative(at, useNow(), locale)}
    </time>
  );
}
