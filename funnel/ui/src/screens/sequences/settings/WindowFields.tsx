/** When the mail of a sequence may leave. */
import { Checkbox, TextField } from "../../../components/Field.tsx";
import { useWords } from "../../../lib/language.ts";
import { type Json, isFields } from "../../../lib/sequence/document.ts";
import { DAYS, readDays, writeDays } from "../../../lib/sequence/entry.ts";
import { JsonField } from "../../../components/JsonField.tsx";
import type { HeadSettings } from "./SequenceSettings.tsx";
import { textOf, without } from "./StepSettings.tsx";

const FIRST = { days: "mon-fri", from: "09:00", to: "18:00" };

export function WindowFields({ document, set, errors }: HeadSettings) {
  const t = useWords();
  const open = document.window as Json | undefined;
  const on = open !== undefined && open !== null;
  const days = isFields(open) ? readDays(open.days) : null;
  const shown = ["from", "to", "zone"].map((name) => errors.at(`window/${name}`));
  const part = (name: string, value: string, field = true) =>
    isFields(open) && set("window", value ? { ...open, [name]: value } : without(open, name), field ? name : undefined);
  return (
    <div className="space-y-2">
      <Checkbox isSelected={on} onChange={(next) => set("window", next ? FIRST : undefined)}>
        {t("seq.f.window")}
      </Checkbox>
      {on &&
        (isFields(open) && days ? (
          <div className="space-y-2 rounded-md border border-line bg-ground p-2">
            <div role="group" aria-label={t("seq.f.days")} className="flex flex-wrap gap-x-3">
              {DAYS.map((day, n) => (
                <Checkbox
                  key={day}
                  isSelected={days[n]}
                  onChange={(next) => part("days", writeDays(days.with(n, next)), false)}
                >
                  {t(`seq.day.${day}`)}
                </Checkbox>
              ))}
            </div>
            <div className="flex gap-2 [&>*]:min-w-0 [&>*]:flex-1">
              <TextField
                label={t("seq.f.from")}
                value={textOf(open.from)}
                error={errors.at("window/from")}
                onChange={(value) => part("from", value)}
              />
              <TextField
                label={t("seq.f.to")}
                value={textOf(open.to)}
                error={errors.at("window/to")}
                onChange={(value) => part("to", value)}
              />
            </div>
            <TextField
              label={t("seq.f.zone")}
              hint={t("seq.f.zoneHint")}
              value={textOf(open.zone) || "lead"}
              error={errors.at("window/zone")}
              onChange={(value) => part("zone", value)}
            />
          </div>
        ) : (
          <JsonField label={t("seq.json")} value={open} onUse={(value) => set("window", value)} />
        ))}
      {errors
        .all("window")
        .filter((message) => !shown.includes(message))
        .map((message) => (
          <p key={message} className="text-xs text-bad">
            {message}
          </p>
        ))}
    </div>
  );
}
