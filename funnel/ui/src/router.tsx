/** Which address shows which screen. Each screen is a file of its own, loaded when it is first needed. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { only, readSearch, writeSearch } from "./lib/search.ts";
import { ASKED } from "./screens/leads/asked.ts";
import { TABS } from "./screens/settings/tabs.ts";
import { Broken, Missing } from "./shell/Broken.tsx";
import { Shell } from "./shell/Shell.tsx";

const root = createRootRoute({ component: Shell, errorComponent: Broken });
const under = () => root;

const home = createRoute({
  getParentRoute: under,
  path: "/",
  component: lazyRouteComponent(() => import("./screens/home/Home.tsx"), "Home"),
});
const leads = createRoute({
  getParentRoute: under,
  path: "/leads",
  validateSearch: only(...ASKED),
  component: lazyRouteComponent(() => import("./screens/leads/Leads.tsx"), "Leads"),
});
const lead = createRoute({
  getParentRoute: under,
  path: "/leads/$id",
  validateSearch: only("view"),
  component: lazyRouteComponent(() => import("./screens/lead/LeadPage.tsx"), "LeadPage"),
});
const imports = createRoute({
  getParentRoute: under,
  path: "/imports",
  validateSearch: only("cursor"),
  component: lazyRouteComponent(() => import("./screens/imports/Imports.tsx"), "Imports"),
});
const oneImport = createRoute({
  getParentRoute: under,
  path: "/imports/$id",
  component: lazyRouteComponent(() => import("./screens/imports/ImportPage.tsx"), "ImportPage"),
});
const held = createRoute({
  getParentRoute: under,
  path: "/held",
  component: lazyRouteComponent(() => import("./screens/held/Held.tsx"), "Held"),
});
const board = createRoute({
  getParentRoute: under,
  path: "/board",
  validateSearch: only("owner"),
  component: lazyRouteComponent(() => import("./screens/board/Board.tsx"), "Board"),
});
const tasks = createRoute({
  getParentRoute: under,
  path: "/tasks",
  validateSearch: only("whose", "done", "cursor"),
  component: lazyRouteComponent(() => import("./screens/tasks/Tasks.tsx"), "Tasks"),
});
const duplicates = createRoute({
  getParentRoute: under,
  path: "/duplicates",
  component: lazyRouteComponent(() => import("./screens/duplicates/Duplicates.tsx"), "Duplicates"),
});
const mailbox = createRoute({
  getParentRoute: under,
  path: "/mailbox",
  validateSearch: only("to", "cursor"),
  component: lazyRouteComponent(() => import("./screens/mailbox/Mailbox.tsx"), "Mailbox"),
});
const mail = createRoute({
  getParentRoute: under,
  path: "/mailbox/$id",
  validateSearch: only("view"),
  component: lazyRouteComponent(() => import("./screens/mailbox/Mail.tsx"), "Mail"),
});
const rules = createRoute({
  getParentRoute: under,
  path: "/rules",
  validateSearch: only("view"),
  component: lazyRouteComponent(() => import("./screens/rules/RulesPage.tsx"), "RulesPage"),
});

const segments = createRoute({
  getParentRoute: under,
  path: "/segments",
  validateSearch: only("view", "cursor"),
  component: lazyRouteComponent(() => import("./screens/segments/Segments.tsx"), "Segments"),
});
const segment = createRoute({
  getParentRoute: under,
  path: "/segments/$key",
  validateSearch: only("cursor"),
  component: lazyRouteComponent(() => import("./screens/segments/SegmentPage.tsx"), "SegmentPage"),
});

const sequences = createRoute({
  getParentRoute: under,
  path: "/sequences",
  validateSearch: only("cursor"),
  component: lazyRouteComponent(() => import("./screens/sequences/Sequences.tsx"), "Sequences"),
});
const sequence = createRoute({
  getParentRoute: under,
  path: "/sequences/$key",
  validateSearch: only("version"),
  component: lazyRouteComponent(() => import("./screens/sequences/Editor.tsx"), "Editor"),
});

const settings = createRoute({
  getParentRoute: under,
  path: "/settings",
  beforeLoad: () => {
    throw redirect({ to: "/settings/$tab", params: { tab: TABS[0]?.id ?? "" }, replace: true });
  },
});
const setting = createRoute({
  getParentRoute: under,
  path: "/settings/$tab",
  component: lazyRouteComponent(() => import("./screens/settings/Settings.tsx"), "Settings"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    leads,
    lead,
    imports,
    oneImport,
    held,
    board,
    tasks,
    duplicates,
    mailbox,
    mail,
    rules,
    segments,
    segment,
    sequences,
    sequence,
    settings,
    setting,
  ]),
  basepath: "/app",
  defaultPreload: "intent",
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: Missing,
  scrollRestoration: true,
  parseSearch: readSearch,
  stringifySearch: writeSearch,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
