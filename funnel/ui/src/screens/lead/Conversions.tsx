/** The goals this lead has reached, and recording another by hand. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Badge } from "../../components/Badge.tsx";
import { Button } from "../../components/Button.tsx";
import { Moment } from "../../components/Moment.tsx";
import { Card } from "../../components/Page.tsx";
import { Loaded } from "../../components/States.tsx";
import { useLocale, useWords } from "../../lib/language.ts";
import { LIVE } from "../../lib/live.ts";
import { useMay } from "../../lib/may.ts";
import { money } from "../../lib/money.ts";
import { ConvertDialog } from "./ConvertDialog.tsx";
import { WithdrawDialog } from "./WithdrawDialog.tsx";

type Conversion = Schemas["ConversionOut"];
/** shown; the timeline tells of all */
const MOST = 50;

export function Conversions({ id }: { id: number }) {
  const t = useWords();
  const may = useMay();
  const [adding, add] = useState(false);
  const query = useQuery({
    queryKey: ["lead", id, "conversions"],
    queryFn: () =>
      ok(api.GET("/api/v1/leads/{lead_id}/conversions", { params: { path: { lead_id: id }, query: { limit: MOST } } })),
    ...LIVE,
  });
  const button = may("conversions:write") && <Button onPress={() => add(true)}>{t("conversions.add")}</Button>;
  return (
    <Card title={t("conversions.title")} beside={button}>
      <Loaded query={query} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-mute">{t("conversions.none")}</p>
          ) : (
            <ul className="grid gap-3">
              {items.map((one) => (
                <One key={one.id} conversion={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {adding && <ConvertDialog id={id} onClose={() => add(false)} />}
    </Card>
  );
}

function One({ conversion }: { conversion: Conversion }) {
  const t = useWords();
  const may = useMay();
  const locale = useLocale();
  const [asking, ask] = useState(false);
  const { value, currency, withdrawn_at: withdrawn } = conversion;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
      <div className="min-w-0">
        <p className="font-medium break-words">
          {conversion.goal_name} {withdrawn && <Badge>{t("conversions.withdrawn")}</Badge>}
        </p>
        <p className="text-xs text-mute">
          {value !== null && <>{money(value, currency, locale)} · </>}
          <Moment at={conversion.at} />
          {conversion.reason && <> · {conversion.reason}</>}
        </p>
      </div>
      {!withdrawn && may("conversions:write") && (
        <Button
          tone="ghost"
          aria-label={t("conversions.withdrawTitle", { goal: conversion.goal_name })}
          onPress={() => ask(true)}
        >
          {t("conversions.withdraw")}
        </Button>
      )}
      {asking && <WithdrawDialog conversion={conversion} onClose={() => ask(false)} />}
    </li>
  );
}
