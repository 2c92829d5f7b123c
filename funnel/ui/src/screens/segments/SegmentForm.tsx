/** A segment's name and condition, new or kept, with what the condition finds beside it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError, api, ok, type Schemas } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { ConditionEditor } from "../../components/conditions/ConditionEditor.tsx";
import { TextField } from "../../components/Field.tsx";
import { Card } from "../../components/Page.tsx";
import { toast } from "../../components/Toast.tsx";
import { useWords } from "../../lib/language.ts";
import { useMay } from "../../lib/may.ts";
import type { Fields, Json } from "../../lib/sequence/document.ts";
import { keyOf } from "../../lib/sequence/keys.ts";
import { useUnsaved } from "../../lib/unsaved.ts";
import { Preview } from "./Preview.tsx";

type Segment = Schemas["SegmentOut"];

const FRESH: Json = { tag: "" };

export function SegmentForm({ segment }: { segment?: Segment }) {
  const t = useWords();
  const may = useMay()("segments:write");
  const [name, setName] = useState(segment?.name ?? "");
  const [key, setKey] = useState<string | null>(null);
  const [condition, setCondition] = useState<Json>((segment?.condition as Json | undefined) ?? FRESH);
  const written = segment?.key ?? key ?? keyOf(name);
  const dirty = segment
    ? name !== segment.name || !same(condition, segment.condition as Json)
    : name !== "" || !same(condition, FRESH);
  const save = useSave(segment, { key: written, name, condition });
  useUnsaved(dirty && !save.isSuccess && !save.isPending);
  const wrong = save.error instanceof ApiError ? save.error.errors : {};
  const other = save.error && Object.keys(wrong).length === 0 ? save.error.message : "";
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <Card>
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate();
          }}
        >
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField label={t("segments.name")} value={name} onChange={setName} error={wrong.name?.[0]} />
            {!segment && (
              <TextField
                label={t("segments.key")}
                hint={t("segments.keyHint")}
                value={written}
                onChange={setKey}
                error={wrong.key?.[0]}
              />
            )}
          </div>
          <ConditionEditor
            label={t("segments.condition")}
            value={condition}
            onChange={(next) => setCondition(next)}
            errors={Object.entries(wrong).flatMap(([path, told]) => (path.startsWith("condition") ? told : []))}
          />
          {other && (
            <p role="alert" className="text-sm text-bad">
              {other}
            </p>
          )}
          {may && (
            <div className="flex flex-wrap gap-2">
              <Button tone="primary" type="submit" isDisabled={!dirty || save.isPending}>
                {t("segments.save")}
              </Button>
            </div>
          )}
        </form>
      </Card>
      <Preview condition={condition} />
    </div>
  );
}

/** Make it, or change the revision that was read. */
function useSave(segment: Segment | undefined, told: { key: string; name: string; condition: Json }) {
  const t = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const body = { name: told.name, condition: told.condition as Fields };
  return useMutation({
    meta: { quiet: true },
    mutationFn: () =>
      segment
        ? ok(
            api.PATCH("/api/v1/segments/{key}", {
              params: { path: { key: segment.key } },
              headers: { "If-Match": `"${segment.revision}"` },
              body,
            }),
          )
        : ok(api.POST("/api/v1/segments", { body: { key: told.key, ...body } })),
    onSuccess: async (saved) => {
      toast(saved.counted === null ? t("segments.saved") : t("segments.savedCounting"));
      await client.invalidateQueries({ queryKey: ["segments"] });
      if (!segment) await navigate({ to: "/segments/$key", params: { key: saved.key } });
    },
  });
}

const same = (one: Json, other: Json): boolean => JSON.stringify(one) === JSON.stringify(other);
