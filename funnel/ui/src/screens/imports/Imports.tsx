/** All imports, and where a file is dropped to begin a new one. */
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, type LinkProps, useNavigate } from "@tanstack/react-router";
import { Upload } from "lucide-react";
import { DropZone, FileTrigger, Text } from "react-aria-components";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Badge, type BadgeTone } from "../../components/Badge.tsx";
import { Button } from "../../components/Button.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Page } from "../../components/Page.tsx";
import { Pages } from "../../components/Pages.tsx";
import { EmptyState, ErrorBox, Loaded } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { useLocale, useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { useMay } from "../../lib/may.ts";
import { isWorking } from "./queries.ts";
import "../../words/imports.ts";

type Import = Schemas["ImportOut"];
type State = "new" | "working" | "checked" | "done" | "failed" | "cancelled";

const route = getRouteApi("/imports");
const TONES: Record<State, BadgeTone> = {
  new: "plain",
  working: "brand",
  checked: "brand",
  done: "good",
  failed: "bad",
  cancelled: "warn",
};

export function Imports() {
  const t = useWords();
  const may = useMay();
  const asked = route.useSearch();
  const query = useQuery({
    queryKey: ["imports", "list", asked],
    queryFn: () => ok(api.GET("/api/v1/imports", { params: { query: { ...asked, limit: 50 } } })),
    placeholderData: keepPreviousData,
    ...LIVE,
  });
  const address = (cursor?: string): LinkProps => ({ to: "/imports", search: { cursor } });
  return (
    <Page title={t("imports.title")}>
      {may("imports:write") && <Drop />}
      <Loaded query={query}>
        {({ items, next_cursor: next }) =>
          items.length === 0 ? (
            <EmptyState title={t("imports.none")} />
          ) : (
            <>
              <List imports={items} />
              <Pages cursor={asked.cursor} next={next} address={address} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Drop() {
  const t = useWords();
  const navigate = useNavigate();
  const sending = useMutation({
    mutationFn: (file: File) =>
      ok(
        api.POST("/api/v1/imports", {
          params: { query: { name: file.name.slice(0, 200) } },
          headers: { "Content-Type": "text/csv" },
          body: file as unknown as string,
          bodySerializer: (body) => body,
        }),
      ),
    onSuccess: (made) => navigate({ to: "/imports/$id", params: { id: String(made.id) } }),
  });
  const send = (file: File | undefined) => file && sending.mutate(file);
  return (
    <div className="mb-4">
      <DropZone
        onDrop={async ({ items }) => {
          const dropped = items.find((item) => item.kind === "file");
          if (dropped) send(await dropped.getFile());
        }}
        className="grid justify-items-center gap-2 rounded-lg border border-dashed border-edge bg-card px-6 py-8 text-center data-[drop-target]:border-brand data-[drop-target]:bg-brand-tint"
      >
        <Upload aria-hidden className="text-mute" />
        <Text slot="label" className="font-semibold">
          {sending.isPending ? t("imports.sending", { name: sending.variables.name }) : t("imports.drop")}
        </Text>
        <p className="max-w-xl text-sm text-mute">{t("imports.what")}</p>
        <FileTrigger acceptedFileTypes={[".csv", ".tsv", ".txt", "text/csv"]} onSelect={(files) => send(files?.[0])}>
          <Button tone="primary" isDisabled={sending.isPending}>
            {t("imports.choose")}
          </Button>
        </FileTrigger>
      </DropZone>
      {sending.error && (
        <div className="mt-3">
          <ErrorBox error={worded(sending.error)} />
        </div>
      )}
    </div>
  );
}

/** What is wrong with a file says more than that something is. */
function worded(error: Error): Error {
  const errors = (error as { errors?: Record<string, string[]> }).errors;
  return errors?.body ? new Error(errors.body.join(" ")) : error;
}

function stateOf(one: Import): State {
  if (one.result) return "done";
  if (isWorking(one)) return "working";
  if (one.job?.status === "failed" || one.job?.status === "cancelled") return one.job.status;
  return one.checked ? "checked" : "new";
}

function List({ imports }: { imports: Import[] }) {
  const t = useWords();
  const locale = useLocale();
  const rows = (one: Import) => (one.result ?? one.checked)?.rows;
  const columns: Column<Import>[] = [
    { id: "file", title: t("imports.file"), cell: (one) => <span className="break-all">{one.name}</span> },
    {
      id: "state",
      title: t("imports.state"),
      cell: (one) => <Badge tone={TONES[stateOf(one)]}>{t(`imports.state.${stateOf(one)}`)}</Badge>,
    },
    { id: "rows", title: t("imports.people"), number: true, cell: (one) => rows(one)?.toLocaleString(locale) ?? "" },
    { id: "when", title: t("imports.when"), wide: true, cell: (one) => <Moment at={one.created_at} /> },
  ];
  return (
    <Table
      label={t("imports.title")}
      columns={columns}
      rows={imports}
      rowKey={(one) => one.id}
      to={(one) => ({ to: "/imports/$id", params: { id: String(one.id) } })}
    />
  );
}
