/** Leads by stage, the ladder from left to right: how many, for how long, the newest; moved by a menu. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { api, ok } from "../../api/client.ts";
import { Select } from "../../components/Field.tsx";
import { Page } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { useColleagues } from "../../lib/colleagues.ts";
import { clock } from "../../lib/dates.ts";
import { useLocale, useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { BoardColumn } from "./BoardColumn.tsx";

const route = getRouteApi("/board");
const EVERYBODY = "";

export function Board() {
  const t = useWords();
  const locale = useLocale();
  const { active } = useColleagues();
  const { owner } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery({
    queryKey: ["leads", "board", owner],
    queryFn: () => ok(api.GET("/api/v1/board", { params: { query: { owner } } })),
    placeholderData: keepPreviousData,
    ...LIVE,
  });
  return (
    <Page title={t("nav.board")}>
      <div className="mb-4 flex flex-wrap items-end justify-between gap-3">
        <Select
          label={t("board.whose")}
          value={owner ?? EVERYBODY}
          onChange={(chosen) => void navigate({ search: { owner: chosen || undefined }, replace: true })}
          choices={[
            { value: EVERYBODY, label: t("board.all") },
            { value: "me", label: t("board.mine") },
            ...active.map((user) => ({ value: String(user.id), label: user.name })),
          ]}
        />
        {query.data?.counted_at && (
          <p className="text-xs text-mute">{t("board.counted", { when: clock(query.data.counted_at, locale) })}</p>
        )}
      </div>
      <Loaded query={query} lines={6}>
        {({ columns }) => (
          <div
            tabIndex={0}
            role="region"
            aria-label={t("nav.board")}
            className="grid auto-cols-[minmax(15rem,1fr)] grid-flow-col gap-3 overflow-x-auto pb-2"
          >
            {columns.map((column) => (
              <BoardColumn key={column.stage.key} column={column} stages={columns.map((one) => one.stage.key)} />
            ))}
          </div>
        )}
      </Loaded>
    </Page>
  );
}
