/** Where everybody needs a second factor, whoever has none is led to the place where it is set up, and nowhere else. */
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Session } from "../api/client.ts";

const THERE = "/settings/account";

export function useSecondFactor(session: Session | undefined): void {
  const needed = session?.second_factor_needed ?? false;
  const path = useLocation({ select: (location) => location.pathname });
  const navigate = useNavigate();
  useEffect(() => {
    if (needed && path !== THERE) void navigate({ to: "/settings/$tab", params: { tab: "account" }, replace: true });
  }, [needed, path, navigate]);
}
