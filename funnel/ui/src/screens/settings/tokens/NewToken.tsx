/** A new token: what it is for, what it may do, until when; and then its text, this once. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { Checkbox, Select, TextField } from "../../../components/Field.tsx";
import { ShownOnce } from "../../../components/ShownOnce.tsx";
import { ErrorBox, Loaded } from "../../../components/States.tsx";
import { useWords } from "../../../lib/language.ts";

type Scope = Schemas["TokenIn"]["scopes"][number];

/** how many days a token may live; "" is for ever */
const DAYS = ["30", "90", "365", ""];
const DAY = 86_400_000;

export function NewToken({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const [text, tell] = useState<string>();
  return (
    <Dialog open onClose={onClose} title={t(text ? "tokens.made" : "tokens.new")} wide role="alertdialog">
      {text ? (
        <ShownOnce said={t("tokens.once")} text={text} onClose={onClose} />
      ) : (
        <Wish onMade={tell} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Wish({ onMade, onClose }: { onMade: (text: string) => void; onClose: () => void }) {
  const t = useWords();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const [days, setDays] = useState("90");
  const known = useQuery({ queryKey: ["tokens", "scopes"], queryFn: () => ok(api.GET("/api/v1/tokens/scopes")) });
  const making = useMutation({
    mutationFn: () =>
      ok(
        api.POST("/api/v1/tokens", {
          body: { name, scopes: [...scopes], expires_at: days ? inDays(Number(days)) : null },
        }),
      ),
    onSuccess: (made) => {
      onMade(made.token);
      void client.invalidateQueries({ queryKey: ["tokens"] });
    },
  });
  const errors = making.error instanceof ApiError ? making.error.errors : {};
  const turn = (scope: Scope, on: boolean) =>
    setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  return (
    <form
      className="mt-3 grid grid-cols-1 gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate();
      }}
    >
      <TextField
        label={t("tokens.name")}
        hint={t("tokens.nameHint")}
        value={name}
        onChange={setName}
        maxLength={100}
        autoFocus
        error={errors.name?.join(" ")}
      />
      <fieldset>
        <legend className="mb-1 text-sm font-medium">{t("tokens.scopes")}</legend>
        <Loaded query={known}>
          {({ items }) => (
            <div className="grid grid-cols-1 gap-1.5">
              {items
                .filter((one) => one.yours)
                .map((one) => (
                  <Checkbox
                    key={one.scope}
                    isSelected={scopes.includes(one.scope)}
                    onChange={(on) => turn(one.scope, on)}
                  >
                    <span>
                      <code>{one.scope}</code> <span className="text-xs text-mute">{one.means}</span>
                    </span>
                  </Checkbox>
                ))}
            </div>
          )}
        </Loaded>
      </fieldset>
      <Select
        label={t("tokens.expires")}
        value={days}
        onChange={setDays}
        choices={DAYS.map((value) => ({
          value,
          label: value ? t("tokens.days", { n: Number(value) }) : t("tokens.never"),
        }))}
      />
      {making.error && <ErrorBox error={making.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button tone="primary" type="submit" isDisabled={!name.trim() || scopes.length === 0 || making.isPending}>
          {t("tokens.make")}
        </Button>
      </div>
    </form>
  );
}

function inDays(days: number): string {
  return new Date(Date.now() + days * DAY).toISOString();
}
