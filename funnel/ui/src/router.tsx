/** Which address shows which screen. Each screen is a file of its own, loaded when it is first needed. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Broken, Missing } from "./shell/Broken.tsx";
import { Shell } from "./shell/Shell.tsx";

const root = createRootRoute({ component: Shell, errorComponent: Broken });
const under = () => root;

const home = createRoute({ getParentRoute: under, path: "/", component: lazyRouteComponent(() => import("./screens/home/Home.tsx"), "Home") });

export const router = createRouter({
  routeTree: root.addChildren([home]),
  basepath: "/app",
  defaultPreload: "intent",
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: Missing,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
