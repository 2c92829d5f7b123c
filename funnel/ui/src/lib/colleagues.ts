/** Those who use the app: names for owners, authors and those who do tasks. */
import { useQuery } from "@tanstack/react-query";
import { api, ok, type Schemas } from "../api/client.ts";
import { useWords } from "./language.ts";

export type Colleague = Schemas["UserOut"];

const MOST = 500;

export function useColleagues() {
  const t = useWords();
  const { data } = useQuery({
    queryKey: ["colleagues"],
    queryFn: () => ok(api.GET("/api/v1/users", { params: { query: { limit: MOST } } })),
    staleTime: 60_000,
  });
  const known = data?.items ?? [];
  const name = (id: number | null): string => {
    if (id === null) return t("who.nobody");
    const one = known.find((user) => user.id === id);
    if (!one) return `#${id}`;
    return one.state === "removed" ? t("who.removed", { name: one.name }) : one.name;
  };
  /** `user 3`, `token 5` or `system`, as the log has it. */
  const caller = (by: string): string => {
    const [kind, id] = by.split(" ");
    if (kind === "user") return name(Number(id));
    return t(kind === "token" ? "who.program" : "who.itself");
  };
  /** for a Select; "" is nobody. Whoever has it now is there even when removed since. */
  const choices = (now: number | null = null) => [
    { value: "", label: t("who.nobody") },
    ...known
      .filter((user) => user.active || user.id === now)
      .map((user) => ({ value: String(user.id), label: name(user.id) })),
  ];
  return { known, active: known.filter((user) => user.active), name, caller, choices };
}
