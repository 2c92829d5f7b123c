/** Every mail of an installation without a provider, newest first. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, type LinkProps } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { LinkButton } from "../../components/Button.tsx";
import { SearchField } from "../../components/Field.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Page } from "../../components/Page.tsx";
import { Pages } from "../../components/Pages.tsx";
import { EmptyState, Loaded } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { useSession } from "../../lib/session.ts";

const route = getRouteApi("/mailbox");
const PAGE = 50;

export function Mailbox() {
  const t = useWords();
  const asked = route.useSearch();
  const { heard } = useSession();
  const query = useQuery({
    queryKey: ["mailbox", asked],
    queryFn: () => ok(api.GET("/api/v1/mailbox", { params: { query: { ...asked, limit: PAGE } } })),
    placeholderData: keepPreviousData,
    ...LIVE,
  });
  const address = (cursor?: string): LinkProps => ({ to: "/mailbox", search: { ...asked, cursor } });
  if (heard && !heard.session.rooms.mailbox) {
    return (
      <Page title={t("mailbox.title")}>
        <EmptyState title={t("mailbox.elsewhere")}>{t("mailbox.elsewhereText")}</EmptyState>
      </Page>
    );
  }
  return (
    <Page title={t("mailbox.title")} beside={<span className="text-mute">{t("mailbox.what")}</span>}>
      <ToWhom />
      <Loaded query={query} lines={8}>
        {({ items, next_cursor: next }) =>
          items.length === 0 ? (
            <Nothing filtered={Boolean(asked.to)} />
          ) : (
            <>
              <MailTable mails={items.toReversed()} />
              <Pages cursor={asked.cursor} next={next} address={address} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function MailTable({ mails }: { mails: Schemas["MailOut"][] }) {
  const t = useWords();
  const columns: Column<Schemas["MailOut"]>[] = [
    {
      id: "subject",
      title: t("mailbox.subject"),
      cell: (mail) => (
        <>
          <span className="block font-medium">{mail.subject || t("mailbox.noSubject")}</span>
          <span className="block text-xs break-all text-mute md:hidden">{mail.to}</span>
        </>
      ),
    },
    { id: "to", title: t("mailbox.to"), wide: true, cell: (mail) => <span className="break-all">{mail.to}</span> },
    { id: "when", title: t("mailbox.when"), cell: (mail) => <Moment at={mail.at} /> },
  ];
  return (
    <Table
      label={t("mailbox.title")}
      columns={columns}
      rows={mails}
      rowKey={(mail) => mail.id}
      to={(mail) => ({ to: "/mailbox/$id", params: { id: String(mail.id) } })}
    />
  );
}

/** The address is asked for whole: Enter looks for it, an empty field shows all. */
function ToWhom() {
  const t = useWords();
  const { to = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(to);
  useEffect(() => setTyped(to), [to]);
  const look = (text: string) => void navigate({ search: { to: text.trim() || undefined } });
  return (
    <SearchField
      label={t("mailbox.toWhom")}
      clear={t("leads.clear")}
      value={typed}
      onChange={setTyped}
      onSubmit={look}
      onClear={() => look("")}
      className="mb-4 max-w-sm"
    />
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const t = useWords();
  if (filtered)
    return (
      <EmptyState
        title={t("mailbox.noMatch")}
        action={
          <LinkButton to="/mailbox" search={{}}>
            {t("mailbox.all")}
          </LinkButton>
        }
      />
    );
  return <EmptyState title={t("mailbox.none")}>{t("mailbox.noneText")}</EmptyState>;
}
