/** One mail as its recipient sees it, in a frame that lets nothing out; its text; its headers. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Fact, Facts } from "../../components/Facts.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Card, Page } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { type TabView, Tabs } from "../../components/Tabs.tsx";
import { useWords } from "../../lib/language.ts";
import { cutLinks } from "../../lib/links.ts";

const route = getRouteApi("/mailbox/$id");

export function Mail() {
  const t = useWords();
  const id = Number(route.useParams().id);
  const query = useQuery({
    queryKey: ["mailbox", id],
    queryFn: () => ok(api.GET("/api/v1/mailbox/{mail_id}", { params: { path: { mail_id: id } } })),
    staleTime: Infinity, // a mail that was sent does not change
  });
  const title = query.data ? query.data.subject || t("mailbox.noSubject") : t("mail.title");
  return (
    <Page
      title={title}
      beside={
        <Link to="/mailbox" className="text-brand hover:underline">
          {t("mailbox.all")}
        </Link>
      }
    >
      <Loaded query={query}>{(mail) => <Letter mail={mail} />}</Loaded>
    </Page>
  );
}

function Letter({ mail }: { mail: Schemas["MailOut"] }) {
  const t = useWords();
  const { view } = route.useSearch();
  const navigate = route.useNavigate();
  const views: TabView[] = [
    { id: "text", title: t("mail.text"), content: <Plain text={mail.text} /> },
    { id: "headers", title: t("mail.headers"), content: <Headers mail={mail} /> },
  ];
  if (mail.html !== null) views.unshift({ id: "sent", title: t("mail.asSent"), content: <Sent id={mail.id} /> });
  return (
    <div className="grid grid-cols-1 gap-4">
      <Card>
        <Facts>
          <Fact name={t("mailbox.from")}>{mail.from}</Fact>
          <Fact name={t("mailbox.to")}>{mail.to}</Fact>
          <Fact name={t("mailbox.when")}>
            <Moment at={mail.at} />
          </Fact>
        </Facts>
      </Card>
      <Tabs
        label={t("mail.views")}
        views={views}
        selected={view ?? views[0]?.id}
        onSelect={(chosen) => void navigate({ search: { view: chosen }, replace: true })}
      />
    </div>
  );
}

/** The lines as they were sent; addresses lead where they say. */
function Plain({ text }: { text: string }) {
  const parts = cutLinks(text).map((part, n) =>
    part.address ? (
      <a key={n} href={part.text} target="_blank" rel="noreferrer" className="text-brand underline">
        {part.text}
      </a>
    ) : (
      part.text
    ),
  );
  return (
    <div className="rounded-lg border border-line bg-card p-4 whitespace-pre-wrap [overflow-wrap:anywhere]">
      {parts}
    </div>
  );
}

/** Its own address has its own policy; links open in a tab of their own. */
function Sent({ id }: { id: number }) {
  const t = useWords();
  return (
    <iframe
      title={t("mail.frame")}
      src={`/app/mailbox/${id}/html`}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      className="h-[70vh] w-full rounded-lg border border-line bg-white scheme-light"
    />
  );
}

function Headers({ mail }: { mail: Schemas["MailOut"] }) {
  const t = useWords();
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label={t("mail.headers")}
      className="overflow-x-auto rounded-lg border border-line bg-card"
    >
      <table className="w-full text-left">
        <thead className="border-b border-line text-xs text-mute">
          <tr>
            <th scope="col" className="px-3 py-2 font-medium">
              {t("mail.name")}
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              {t("mail.value")}
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(mail.headers).map(([name, value]) => (
            <tr key={name} className="border-b border-line last:border-0">
              <th scope="row" className="px-3 py-2 align-top font-medium whitespace-nowrap">
                {name}
              </th>
              <td className="px-3 py-2 break-all">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
