/** Language, appearance, signing out. */
import { useRouter } from "@tanstack/react-router";
import { CircleUser } from "lucide-react";
import { useSyncExternalStore } from "react";
import { endLogin, type Session } from "../api/client.ts";
import { IconButton } from "../components/Button.tsx";
import { Menu, MenuItem, MenuSection } from "../components/Menu.tsx";
import { language, useLanguage, useWords } from "../lib/language.ts";
import { THEMES, type Theme, theme } from "../lib/theme.ts";
import type { Language } from "../words/words.ts";

const LANGUAGES: Record<Language, string> = { en: "English", fr: "Français" };

export function UserMenu({ session }: { session: Session | undefined }) {
  const t = useWords();
  const router = useRouter();
  const spoken = useLanguage();
  const shown = useSyncExternalStore(theme.subscribe, theme.get);
  const act = (id: string) => {
    if (id === "account") void router.navigate({ to: "/settings/$tab", params: { tab: "account" } });
    if (id === "api") location.assign("/api/docs");
    if (id === "out") signOut(session?.csrf ?? "");
  };
  return (
    <Menu
      label={t("user.menu")}
      onAction={act}
      button={
        <IconButton label={t("user.menu")}>
          <CircleUser size={20} aria-hidden />
        </IconButton>
      }
    >
      <MenuSection
        title={t("user.language")}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[spoken]}
        onSelectionChange={(keys) => pick(keys, (id) => language.set(id as Language))}
      >
        {Object.entries(LANGUAGES).map(([id, name]) => (
          <MenuItem key={id} id={id}>
            {name}
          </MenuItem>
        ))}
      </MenuSection>
      <MenuSection
        title={t("user.appearance")}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[shown]}
        onSelectionChange={(keys) => pick(keys, (id) => theme.set(id as Theme))}
      >
        {THEMES.map((id) => (
          <MenuItem key={id} id={id}>
            {t(`user.${id}`)}
          </MenuItem>
        ))}
      </MenuSection>
      <MenuSection title={session?.user ? t("user.signedIn", { email: session.user.email }) : t("common.loading")}>
        <MenuItem id="account">{t("account.title")}</MenuItem>
        <MenuItem id="api">{t("user.api")}</MenuItem>
        <MenuItem id="out">{t("user.signOut")}</MenuItem>
      </MenuSection>
    </Menu>
  );
}

function pick(keys: "all" | Set<string | number>, keep: (id: string) => void): void {
  if (keys !== "all") for (const key of keys) keep(String(key));
}

/** A form like any other: the server ends the session and shows the way in. */
function signOut(csrf: string): void {
  endLogin();
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/app/logout";
  const token = document.createElement("input");
  Object.assign(token, { type: "hidden", name: "csrf", value: csrf });
  form.append(token);
  document.body.append(form);
  form.submit();
}
