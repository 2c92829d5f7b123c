/** What is to be done: mine first; everybody's, and what is done, one choice away. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, type LinkProps } from "@tanstack/react-router";
import { api, ok } from "../../api/client.ts";
import { Select } from "../../components/Field.tsx";
import { Card, Page } from "../../components/Page.tsx";
import { Pages } from "../../components/Pages.tsx";
import { EmptyState, Loaded } from "../../components/States.tsx";
import { useColleagues } from "../../lib/colleagues.ts";
import { useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { TaskItem } from "./TaskItem.tsx";

const route = getRouteApi("/tasks");
const PAGE = 50;
const EVERYBODY = "all";

export function Tasks() {
  const t = useWords();
  const { active } = useColleagues();
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const { whose = "me", done, cursor } = asked;
  const query = useQuery({
    queryKey: ["tasks", "list", asked],
    queryFn: () =>
      ok(
        api.GET("/api/v1/tasks", {
          params: {
            query: { assignee: whose === EVERYBODY ? undefined : whose, done: Boolean(done), cursor, limit: PAGE },
          },
        }),
      ),
    placeholderData: keepPreviousData,
    ...LIVE,
  });
  const narrow = (change: Partial<typeof asked>) =>
    void navigate({ search: { ...asked, cursor: undefined, ...change }, replace: true });
  const address = (next?: string): LinkProps => ({ to: "/tasks", search: { ...asked, cursor: next } });
  return (
    <Page title={t("tasks.title")}>
      <div className="mb-4 flex flex-wrap gap-3">
        <Select
          label={t("tasks.whose")}
          value={whose}
          onChange={(chosen) => narrow({ whose: chosen === "me" ? undefined : chosen })}
          choices={[
            { value: "me", label: t("tasks.mine") },
            { value: EVERYBODY, label: t("tasks.everybody") },
            { value: "none", label: t("tasks.nobodys") },
            ...active.map((user) => ({ value: String(user.id), label: user.name })),
          ]}
        />
        <Select
          label={t("tasks.state")}
          value={done ? "done" : ""}
          onChange={(chosen) => narrow({ done: chosen || undefined })}
          choices={[
            { value: "", label: t("tasks.open") },
            { value: "done", label: t("tasks.finished") },
          ]}
        />
      </div>
      <Loaded query={query} lines={5}>
        {({ items, next_cursor: next }) =>
          items.length === 0 ? (
            <EmptyState title={t("tasks.none")}>{t("tasks.noneText")}</EmptyState>
          ) : (
            <>
              <Card>
                <ul className="divide-y divide-line">
                  {items.map((task) => (
                    <TaskItem key={task.id} task={task} withLead />
                  ))}
                </ul>
              </Card>
              <Pages cursor={cursor} next={next} address={address} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
