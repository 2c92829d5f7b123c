/** The rooms, as a list of links. */
import { Link } from "@tanstack/react-router";
import type { Session } from "../api/client.ts";
import { useWords } from "../lib/language.ts";
import { places } from "./places.ts";

const SHAPE =
  "flex min-h-9 items-center gap-2.5 rounded-md px-2 py-1.5 hover:bg-raised aria-[current=page]:bg-brand-tint aria-[current=page]:font-semibold aria-[current=page]:text-brand";

export function Nav({
  session,
  onGo,
  brand = false,
}: {
  session: Session | undefined;
  onGo?: () => void;
  brand?: boolean;
}) {
  const t = useWords();
  return (
    <nav aria-label={t("nav.main")}>
      {brand && <p className="px-2 py-2 text-base font-bold text-brand">Funnel</p>}
      <ul className="space-y-1">
        {places(session).map(({ name, to, Icon }) => (
          <li key={name}>
            <Link to={to} activeOptions={{ exact: to === "/", includeSearch: false }} onClick={onGo} className={SHAPE}>
              <Icon size={17} aria-hidden />
              {t(name)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
