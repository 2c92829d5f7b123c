/** Who signs in here. Everybody sees who there is; admins invite, give roles, help and remove. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Badge, type BadgeTone } from "../../../components/Badge.tsx";
import { Button } from "../../../components/Button.tsx";
import { Loaded } from "../../../components/States.tsx";
import { type Column, Table } from "../../../components/Table.tsx";
import { useWords } from "../../../lib/language.ts";
import { useMay } from "../../../lib/may.ts";
import { Invite } from "./Invite.tsx";
import { Person } from "./Person.tsx";
import { SignInRule } from "./SignInRule.tsx";

export type User = Schemas["UserOut"];

const TONES: Record<User["state"], BadgeTone> = { active: "good", invited: "warn", removed: "plain" };
/** shown; programs read the rest page by page */
const MOST = 500;

export function People() {
  const t = useWords();
  const may = useMay();
  const [inviting, invite] = useState(false);
  const query = useQuery({
    queryKey: ["users"],
    queryFn: () => ok(api.GET("/api/v1/users", { params: { query: { limit: MOST } } })),
  });
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-2xl">{t("people.what")}</p>
        {may("users:write") && (
          <Button tone="primary" onPress={() => invite(true)}>
            {t("people.invite")}
          </Button>
        )}
      </div>
      <Loaded query={query}>{({ items }) => <List users={items} />}</Loaded>
      {may("users:write") && <SignInRule />}
      {inviting && <Invite onClose={() => invite(false)} />}
    </div>
  );
}

function List({ users }: { users: readonly User[] }) {
  const t = useWords();
  const [shown, show] = useState<number>();
  const person = users.find(({ id }) => id === shown);
  const here = [
    ...users.filter(({ state }) => state !== "removed"),
    ...users.filter(({ state }) => state === "removed"),
  ];
  return (
    <>
      <Table label={t("people.title")} columns={useColumns(({ id }) => show(id))} rows={here} rowKey={({ id }) => id} />
      {person && <Person user={person} onClose={() => show(undefined)} />}
    </>
  );
}

function useColumns(onOpen: (user: User) => void): Column<User>[] {
  const t = useWords();
  const manages = useMay()("users:write");
  const columns: Column<User>[] = [
    {
      id: "name",
      title: t("people.name"),
      cell: (user) => (
        <>
          <span className="block font-medium break-words">{user.name}</span>
          <span className="block text-xs break-all text-mute">{user.email}</span>
        </>
      ),
    },
    { id: "role", title: t("people.role"), cell: ({ role }) => t(`people.role.${role}`) },
    {
      id: "state",
      title: t("people.state"),
      wide: true,
      cell: ({ state }) => <Badge tone={TONES[state]}>{t(`people.state.${state}`)}</Badge>,
    },
  ];
  if (!manages) return columns;
  const open: Column<User> = {
    id: "manage",
    title: t("people.action"),
    cell: (user) =>
      user.state !== "removed" && (
        <Button aria-label={t("people.manageWho", { name: user.name })} onPress={() => onOpen(user)}>
          {t("people.manage")}
        </Button>
      ),
  };
  return [...columns, open];
}
