/** One colleague, for those who manage people: role, ways in, sessions, removal. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Confirm, Drawer } from "../../../components/Dialog.tsx";
import { Fact, Facts } from "../../../components/Facts.tsx";
import { Loaded } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";
import { HandOver } from "./HandOver.tsx";
import type { User } from "./People.tsx";
import { RoleSelect, type Role } from "./RoleSelect.tsx";
import { SessionList } from "./SessionList.tsx";

export function Person({ user, onClose }: { user: User; onClose: () => void }) {
  const t = useWords();
  const [removing, remove] = useState(false);
  const [link, setLink] = useState<Schemas["LinkOut"]>();
  const change = useChanges(user);
  return (
    <Drawer open onClose={onClose} title={user.name}>
      <div className="grid grid-cols-1 gap-5">
        <p className="break-all text-mute">{user.email}</p>
        <RoleSelect value={user.role} onChange={(role) => change.mutate({ role })} />
        <Access user={user} onChange={(what) => change.mutate({ what })} />
        <div className="flex flex-wrap gap-2">
          <Button onPress={() => change.mutate({ what: "link" }, { onSuccess: (made) => made && setLink(made) })}>
            {t(user.state === "invited" ? "people.inviteAgain" : "people.resetPassword")}
          </Button>
          <Button tone="danger" onPress={() => remove(true)}>
            {t("people.remove")}
          </Button>
        </div>
      </div>
      <Confirm
        open={removing}
        onClose={() => remove(false)}
        title={t("people.removeTitle", { name: user.name })}
        action={t("people.remove")}
        onYes={() => change.mutate({ what: "remove" }, { onSuccess: onClose })}
      >
        {t("people.removeText")}
      </Confirm>
      {link && <HandOver link={link} onClose={() => setLink(undefined)} />}
    </Drawer>
  );
}

type Change = { role: Role } | { what: What };
type What = "link" | "remove" | "sessions" | "factor";

/** Each change of this person; what was done is said, what was refused as well. */
function useChanges(user: User) {
  const t = useWords();
  const client = useQueryClient();
  const params = { path: { user_id: user.id } };
  const done = {
    link: "",
    remove: t("people.removed", { name: user.name }),
    sessions: t("sessions.ended"),
    factor: t("factor.removed"),
  };
  return useMutation({
    mutationFn: async (change: Change): Promise<Schemas["LinkOut"] | undefined> => {
      if ("role" in change) await ok(api.PATCH("/api/v1/users/{user_id}", { params, body: { role: change.role } }));
      else if (change.what === "link") return ok(api.POST("/api/v1/users/{user_id}/links", { params }));
      else if (change.what === "remove") await ok(api.DELETE("/api/v1/users/{user_id}", { params }));
      else if (change.what === "sessions") await ok(api.DELETE("/api/v1/users/{user_id}/sessions", { params }));
      else await ok(api.DELETE("/api/v1/users/{user_id}/second-factor", { params }));
      return undefined;
    },
    onSuccess: (_, change) => {
      const told =
        "role" in change
          ? t("people.roleGiven", { name: user.name, role: t(`people.role.${change.role}`) })
          : done[change.what];
      if (told) toast(told);
    },
    onSettled: (_made, _error, change) => {
      void client.invalidateQueries({ queryKey: ["users"] });
      void client.invalidateQueries({ queryKey: ["session"] });
      // Of somebody who was removed there is no access to ask for.
      if (!("what" in change && change.what === "remove"))
        void client.invalidateQueries({ queryKey: ["access", user.id] });
    },
  });
}

function Access({ user, onChange }: { user: User; onChange: (what: What) => void }) {
  const t = useWords();
  const query = useQuery({
    queryKey: ["access", user.id],
    queryFn: () => ok(api.GET("/api/v1/users/{user_id}/access", { params: { path: { user_id: user.id } } })),
  });
  const yes = (is: boolean) => t(is ? "people.yes" : "people.no");
  return (
    <Loaded query={query}>
      {(access) => (
        <div className="grid grid-cols-1 gap-3">
          <Facts>
            <Fact name={t("people.hasPassword")}>{yes(access.has_password)}</Fact>
            <Fact name={t("factor.title")}>{yes(access.second_factor)}</Fact>
            {access.provider && <Fact name={t("people.provider")}>{yes(true)}</Fact>}
          </Facts>
          {access.second_factor && (
            <div>
              <Button onPress={() => onChange("factor")}>{t("people.resetFactor")}</Button>
            </div>
          )}
          <h3 className="font-medium">{t("sessions.title")}</h3>
          {access.sessions.length === 0 ? (
            <p className="text-mute">{t("sessions.none")}</p>
          ) : (
            <>
              <SessionList sessions={access.sessions} />
              <div>
                <Button onPress={() => onChange("sessions")}>{t("people.signOut")}</Button>
              </div>
            </>
          )}
        </div>
      )}
    </Loaded>
  );
}
