/** Ctrl-K: go to a screen, find a lead. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { Autocomplete, Dialog, Heading, Input, Menu, Modal, ModalOverlay, SearchField } from "react-aria-components";
import { api, ok, type Session } from "../api/client.ts";
import { MenuItem, MenuSection } from "../components/Menu.tsx";
import { useWords } from "../lib/language.ts";
import { places } from "./places.ts";

/** milliseconds without a key before leads are asked for */
const PAUSE = 150;
const SHOWN = 8;

export function Palette({
  open,
  onOpen,
  session,
}: {
  open: boolean;
  onOpen: (open: boolean) => void;
  session: Session | undefined;
}) {
  const t = useWords();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const slash = event.key === "/" && !isTyping(event.target);
      if (!slash && !((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k")) return;
      event.preventDefault();
      onOpen(true);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [onOpen]);
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={onOpen}
      isDismissable
      className="fixed inset-0 z-40 flex items-start justify-center bg-black/40 p-4 pt-[10vh]"
    >
      <Modal className="w-full max-w-lg overflow-hidden rounded-xl border border-line bg-card text-ink shadow-xl">
        <Dialog className="outline-none">
          <Heading slot="title" className="sr-only">
            {t("search.title")}
          </Heading>
          <Finder session={session} onDone={() => onOpen(false)} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Finder({ session, onDone }: { session: Session | undefined; onDone: () => void }) {
  const t = useWords();
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const search = useQuiet(typed.trim());
  const leads = useQuery({
    queryKey: ["leads", "palette", search],
    queryFn: () => ok(api.GET("/api/v1/leads", { params: { query: { search, limit: SHOWN } } })),
    enabled: search.length > 1,
    placeholderData: keepPreviousData,
  });
  const rooms = places(session).filter((place) => t(place.name).toLowerCase().includes(typed.trim().toLowerCase()));
  const people = search.length > 1 ? (leads.data?.items ?? []) : [];
  const go = (address: string) => {
    onDone();
    void router.navigate({ to: address });
  };
  return (
    <Autocomplete inputValue={typed} onInputChange={setTyped}>
      <SearchField aria-label={t("search.field")} autoFocus className="relative border-b border-line">
        <Search size={18} aria-hidden className="pointer-events-none absolute top-3.5 left-4 text-mute" />
        <Input
          placeholder={t("search.field")}
          className="min-h-12 w-full bg-card pr-4 pl-11 text-base -outline-offset-2 placeholder:text-mute [&::-webkit-search-cancel-button]:hidden"
        />
      </SearchField>
      <Menu
        aria-label={t("search.title")}
        onAction={(key) => go(String(key))}
        className="max-h-80 overflow-auto p-1 outline-none"
        renderEmptyState={() => <p className="p-4 text-center text-mute">{t("search.none")}</p>}
      >
        {rooms.length > 0 && (
          <MenuSection title={t("search.screens")}>
            {rooms.map(({ name, to, Icon }) => (
              <MenuItem key={name} id={String(to)} textValue={t(name)}>
                <Icon size={16} aria-hidden />
                {t(name)}
              </MenuItem>
            ))}
          </MenuSection>
        )}
        {people.length > 0 && (
          <MenuSection title={t("search.leads")}>
            {people.map((lead) => (
              <MenuItem key={lead.id} id={`/leads/${lead.id}`} textValue={lead.email}>
                {lead.email}
              </MenuItem>
            ))}
          </MenuSection>
        )}
      </Menu>
    </Autocomplete>
  );
}

/** What was typed, once the typing rests. */
function useQuiet(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}
