/** The frame of every screen: its heading, which takes the focus after a navigation, and the window's title. */
import { useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { useWords } from "../lib/language.ts";

let arrived = false;

/** `place` names the screen where one screen has several addresses: between these the focus stays where it is. */
export function Page({
  title,
  beside,
  place,
  children,
}: {
  title: string;
  beside?: ReactNode;
  place?: string;
  children: ReactNode;
}) {
  const t = useWords();
  const path = useLocation({ select: (location) => place ?? location.pathname });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (arrived) heading.current?.focus(); // not at the first load: then the browser starts at the top
    arrived = true;
  }, [path]); // from one lead to another the screen stays the same
  useEffect(() => {
    document.title = t("page.title", { title });
  });
  return (
    <div className="mx-auto max-w-6xl p-4 md:p-6">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h1 ref={heading} tabIndex={-1} className="min-w-0 text-xl font-semibold break-words">
          {title}
        </h1>
        {beside}
      </div>
      {children}
    </div>
  );
}

export function Card({
  title,
  beside,
  children,
  className = "",
}: {
  title?: string;
  beside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={`rounded-lg border border-line bg-card p-4 ${className}`}>
      {title && (
        <div className="mb-3 flex items-baseline justify-between gap-2">
          <h2 className="font-semibold">{title}</h2>
          {beside}
        </div>
      )}
      {children}
    </section>
  );
}
