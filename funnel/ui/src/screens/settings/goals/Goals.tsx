/** What leads should come to: an order, a demo, a stage. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { EmptyState, Loaded } from "../../../components/States.tsx";
import { type Column, Table } from "../../../components/Table.tsx";
import { stage } from "../../../lib/facts.ts";
import { useLocale, useWords } from "../../../lib/language.ts";
import { useMay } from "../../../lib/may.ts";
import { money } from "../../../lib/money.ts";
import { GoalDialog } from "./GoalDialog.tsx";

type Goal = Schemas["GoalOut"];

export function Goals() {
  const t = useWords();
  const may = useMay();
  const [edited, edit] = useState<Goal | "new">();
  const query = useQuery({ queryKey: ["goals"], queryFn: () => ok(api.GET("/api/v1/goals")) });
  const button = may("goals:write") && (
    <Button tone="primary" onPress={() => edit("new")}>
      {t("goals.new")}
    </Button>
  );
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-2xl">{t("goals.what")}</p>
        {button}
      </div>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? <EmptyState title={t("goals.none")} /> : <List goals={items} onEdit={edit} />
        }
      </Loaded>
      {edited && <GoalDialog goal={edited === "new" ? undefined : edited} onClose={() => edit(undefined)} />}
    </div>
  );
}

function List({ goals, onEdit }: { goals: readonly Goal[]; onEdit: (goal: Goal) => void }) {
  const t = useWords();
  const may = useMay();
  const locale = useLocale();
  const columns: Column<Goal>[] = [
    {
      id: "name",
      title: t("goals.name"),
      cell: (goal) => (
        <>
          <span className="block font-medium">{goal.name}</span>
          <code className="text-xs text-mute">{goal.key}</code>
        </>
      ),
    },
    { id: "stage", title: t("goals.stage"), wide: true, cell: (goal) => (goal.stage ? stage(goal.stage, t) : "–") },
    {
      id: "value",
      title: t("goals.value"),
      number: true,
      cell: (goal) => money(goal.value, goal.currency, locale) || "–",
    },
  ];
  if (may("goals:write")) {
    columns.push({
      id: "edit",
      title: t("goals.action"),
      cell: (goal) => (
        <Button aria-label={t("goals.editTitle", { name: goal.name })} onPress={() => onEdit(goal)}>
          {t("goals.edit")}
        </Button>
      ),
    });
  }
  return <Table label={t("goals.title")} columns={columns} rows={goals} rowKey={(goal) => goal.key} />;
}
