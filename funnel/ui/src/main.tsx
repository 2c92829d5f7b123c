import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nProvider } from "react-aria-components";
import { ApiError, AwayError } from "./api/client.ts";
import { toast } from "./components/Toast.tsx";
import "./index.css";
import { useLanguage } from "./lib/language.ts";
import { askAgain, isSession } from "./lib/session.ts";
import { followTheme } from "./lib/theme.ts";
import { router } from "./router.tsx";

/** Nobody answered a question: ask at once whether the service is there, so that the strip says it. */
const doubt = (error: Error) => {
  if (error instanceof AwayError) void askAgain(client);
};

const client: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: "always", // the service may be on this machine, with no network at all
      retry: (failures, error) => !(error instanceof ApiError) && failures < 1,
    },
    mutations: { networkMode: "always" },
  },
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (!isSession(query.queryKey)) doubt(error);
    },
  }),
  // A mutation that shows its own errors says so with meta.quiet.
  mutationCache: new MutationCache({
    onError: (error, _values, _context, mutation) => {
      doubt(error);
      if (!mutation.meta?.quiet) toast(error.message, "bad");
    },
  }),
});

function App() {
  const language = useLanguage();
  document.documentElement.lang = language;
  return (
    <I18nProvider locale={language === "fr" ? "fr-FR" : "en-US"}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  );
}

followTheme(document.documentElement);
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
