/** The frame around every screen: bar, top, strip, news. */
import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { Drawer } from "../components/Dialog.tsx";
import { Toasts } from "../components/Toast.tsx";
import { useWords } from "../lib/language.ts";
import { useSecondFactor } from "../lib/secondFactor.ts";
import { useSession } from "../lib/session.ts";
import { LoginEnded } from "./LoginEnded.tsx";
import { Nav } from "./Nav.tsx";
import { Palette } from "./Palette.tsx";
import { Strip } from "./Strip.tsx";
import { TopBar } from "./TopBar.tsx";

export function Shell() {
  const t = useWords();
  const { heard, away } = useSession();
  const session = heard?.session;
  useSecondFactor(session);
  const [folded, setFolded] = useState(false);
  const [searching, setSearching] = useState(false);
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-card focus:px-3 focus:py-2"
      >
        {t("nav.skip")}
      </a>
      <div className="grid min-h-screen min-[900px]:grid-cols-[13rem_minmax(0,1fr)]">
        <div className="border-r border-line bg-card max-[899px]:hidden">
          <div className="sticky top-0 p-3">
            <Nav session={session} brand />
          </div>
        </div>
        <div className="min-w-0">
          <TopBar session={session} onMenu={() => setFolded(true)} onSearch={() => setSearching(true)} />
          <Strip session={session} away={away} />
          <main id="content" tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
      <Drawer open={folded} onClose={() => setFolded(false)} title="Funnel" side="left">
        <Nav session={session} onGo={() => setFolded(false)} />
      </Drawer>
      <Palette open={searching} onOpen={setSearching} session={session} />
      <LoginEnded />
      <Toasts />
    </>
  );
}
