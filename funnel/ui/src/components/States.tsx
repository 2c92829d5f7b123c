/** What a screen shows when there is nothing, not yet, or no way: EmptyState, Skeleton, ErrorBox, and Loaded for all. */
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError, AwayError } from "../api/client.ts";
import { useWords } from "../lib/language.ts";
import { Button } from "./Button.tsx";

/** One sentence of what this is for, and what to do first. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="rounded-lg border border-dashed border-edge bg-card px-6 py-10 text-center">
      <p className="font-semibold">{title}</p>
      {children && <div className="mx-auto mt-2 max-w-md text-mute">{children}</div>}
      {action && <div className="mt-4 flex justify-center gap-2">{action}</div>}
    </div>
  );
}

/** milliseconds before a wait is shown: what comes at once needs no skeleton */
const PATIENCE = 200;

export function Skeleton({ lines = 5 }: { lines?: number }) {
  const t = useWords();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div role="status" className="grid animate-pulse gap-3">
      <span className="sr-only">{t("common.loading")}</span>
      {Array.from({ length: lines }, (_, n) => (
        <div key={n} className="h-9 rounded-md bg-raised" />
      ))}
    </div>
  );
}

export function ErrorBox({ error, onAgain }: { error: unknown; onAgain?: () => void }) {
  const t = useWords();
  const missing = error instanceof ApiError && error.status === 404;
  const told =
    error instanceof AwayError
      ? t("error.away")
      : missing
        ? t("error.notFound")
        : String((error as Error)?.message ?? error);
  return (
    <div role="alert" className="rounded-lg border border-bad bg-card p-4">
      <p className="font-semibold text-bad">{missing ? t("error.notFoundTitle") : t("error.title")}</p>
      <p className="mt-1">{told}</p>
      {error instanceof ApiError && error.status >= 500 && error.requestId && (
        <p className="mt-1 text-xs text-mute">{t("error.request", { id: error.requestId })}</p>
      )}
      {onAgain && !missing && (
        <Button className="mt-3" onPress={onAgain}>
          {t("error.again")}
        </Button>
      )}
    </div>
  );
}

/** The answer of a query once it is there; a skeleton before, an error box instead. Old answers stay while new ones fail. */
export function Loaded<T>({
  query,
  lines,
  children,
}: {
  query: UseQueryResult<T>;
  lines?: number;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorBox error={query.error} onAgain={() => void query.refetch()} />;
  return <Skeleton lines={lines} />;
}
