/** Keys for programs that use the API: which there are, made, revoked. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Badge, type BadgeTone } from "../../../components/Badge.tsx";
import { Button } from "../../../components/Button.tsx";
import { Confirm } from "../../../components/Dialog.tsx";
import { EmptyState, Loaded } from "../../../components/States.tsx";
import { type Column, Table } from "../../../components/Table.tsx";
import { toast } from "../../../components/Toast.tsx";
import { exact } from "../../../lib/dates.ts";
import { useLocale, useWords } from "../../../lib/language.ts";
import { NewToken } from "./NewToken.tsx";

type Token = Schemas["TokenOut"];

const TONES: Record<string, BadgeTone> = { living: "good", expired: "plain", revoked: "plain" };
/** shown; programs read the rest page by page */
const MOST = 500;

export function Tokens() {
  const t = useWords();
  const [making, make] = useState(false);
  const query = useQuery({
    queryKey: ["tokens"],
    queryFn: () => ok(api.GET("/api/v1/tokens", { params: { query: { limit: MOST } } })),
  });
  const button = (
    <Button tone="primary" onPress={() => make(true)}>
      {t("tokens.new")}
    </Button>
  );
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-2xl">
          {t("tokens.what")}{" "}
          <a href="/api/docs" className="text-brand underline">
            {t("user.api")}
          </a>
        </p>
        {button}
      </div>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? <EmptyState title={t("tokens.none")} action={button} /> : <List tokens={items} />
        }
      </Loaded>
      {making && <NewToken onClose={() => make(false)} />}
    </div>
  );
}

function List({ tokens }: { tokens: readonly Token[] }) {
  const t = useWords();
  const client = useQueryClient();
  const [ending, end] = useState<Token>();
  const revoking = useMutation({
    mutationFn: (token: Token) =>
      ok(api.DELETE("/api/v1/tokens/{token_id}", { params: { path: { token_id: token.id } } })),
    onSuccess: (_, token) => toast(t("tokens.ended", { name: token.name })),
    onError: (error) => toast(String(error.message), "bad"),
    onSettled: () => client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  return (
    <>
      <Table label={t("tokens.title")} columns={useColumns(end)} rows={tokens} rowKey={(token) => token.id} />
      <Confirm
        open={ending !== undefined}
        onClose={() => end(undefined)}
        title={t("tokens.revokeTitle", { name: ending?.name ?? "" })}
        action={t("tokens.revoke")}
        onYes={() => ending && revoking.mutate(ending)}
      >
        {t("tokens.revokeText")}
      </Confirm>
    </>
  );
}

function useColumns(onRevoke: (token: Token) => void): Column<Token>[] {
  const t = useWords();
  return [
    {
      id: "name",
      title: t("tokens.name"),
      cell: (token) => (
        <>
          <span className="block font-medium break-all">{token.name}</span>
          <span className="block text-xs text-mute">{token.scopes.join(", ")}</span>
        </>
      ),
    },
    {
      id: "status",
      title: t("tokens.status"),
      cell: ({ status }) => <Badge tone={TONES[status]}>{t(`tokens.${status as "living"}`)}</Badge>,
    },
    {
      id: "used",
      title: t("tokens.used"),
      wide: true,
      cell: (token) => <At time={token.last_used_at} none={t("tokens.never")} />,
    },
    {
      id: "expires",
      title: t("tokens.expires"),
      wide: true,
      cell: (token) => <At time={token.expires_at} none={t("tokens.never")} />,
    },
    { id: "by", title: t("tokens.by"), wide: true, cell: (token) => token.created_by ?? t("tokens.command") },
    {
      id: "revoke",
      title: t("tokens.action"),
      cell: (token) =>
        token.status === "living" && (
          <Button aria-label={t("tokens.revokeTitle", { name: token.name })} onPress={() => onRevoke(token)}>
            {t("tokens.revoke")}
          </Button>
        ),
    },
  ];
}

/** Wall time: tokens know nothing of the engine's clock. */
function At({ time, none }: { time: string | null; none: string }) {
  const locale = useLocale();
  return time ? <time dateTime={time}>{exact(time, locale)}</time> : <span className="text-mute">{none}</span>;
}
