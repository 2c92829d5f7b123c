/** Search, the engine's clock when it is quick, and the user's menu. */
import { Menu as MenuIcon, Search } from "lucide-react";
import { Button as Pressed } from "react-aria-components";
import type { Session } from "../api/client.ts";
import { IconButton } from "../components/Button.tsx";
import { useLocale, useWords } from "../lib/language.ts";
import { useNow } from "../lib/session.ts";
import { UserMenu } from "./UserMenu.tsx";

export function TopBar({
  session,
  onMenu,
  onSearch,
}: {
  session: Session | undefined;
  onMenu: () => void;
  onSearch: () => void;
}) {
  const t = useWords();
  return (
    <header className="sticky top-0 z-20 flex items-center gap-2 border-b border-line bg-card px-4 py-2 md:px-6">
      <IconButton label={t("nav.open")} onPress={onMenu} className="min-[900px]:hidden">
        <MenuIcon size={20} aria-hidden />
      </IconButton>
      <Pressed
        onPress={onSearch}
        className="flex min-h-9 min-w-0 flex-1 items-center gap-2 rounded-md border border-edge px-2.5 text-mute hover:bg-raised md:max-w-sm"
      >
        <Search size={16} aria-hidden className="shrink-0" />
        <span className="truncate">{t("search.open")}</span>
        <kbd aria-hidden className="ml-auto rounded border border-line px-1.5 text-xs max-md:hidden">
          Ctrl K
        </kbd>
      </Pressed>
      <div className="ml-auto flex items-center gap-2">
        {session && session.speed > 1 && <Clock speed={session.speed} />}
        <UserMenu session={session} />
      </div>
    </header>
  );
}

/** Only when engine time is not everybody's time. */
function Clock({ speed }: { speed: number }) {
  const t = useWords();
  const locale = useLocale();
  const now = new Date(useNow()).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
  return (
    <span className="text-xs whitespace-nowrap text-mute tabular-nums max-lg:hidden">
      {t("clock.engine", { now, speed })}
    </span>
  );
}
