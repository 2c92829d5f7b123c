/** Asks what an action needs to know, says to how many leads it happens, and has it done. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ok } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { useWords } from "../../../lib/language.ts";
import type { ActionName, Meant } from "./BulkBar.tsx";
import { BulkParts, type Parts } from "./BulkParts.tsx";

export function BulkDialog({
  action,
  meant,
  onClose,
  onAsked,
}: {
  action: ActionName;
  meant: Meant;
  onClose: () => void;
  onAsked: (job: number) => void;
}) {
  const t = useWords();
  const [parts, setParts] = useState<Parts>(action === "assign" ? { owners: [] } : {});
  const count = useCount(meant);
  const ask = useMutation({
    mutationFn: () => ok(api.POST("/api/v1/leads/bulk", { body: { action, ...meant, ...parts } })),
    onSuccess: ({ id }) => onAsked(id),
  });
  const errors = ask.error instanceof ApiError ? ask.error.errors : {};
  const told = Object.values(parts).some((part) => part.length > 0) || action === "assign";
  return (
    <Dialog open onClose={onClose} title={t(`bulk.${action}`)}>
      <form
        className="mt-3 grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <BulkParts action={action} parts={parts} errors={errors} onChange={setParts} />
        {ask.error && Object.keys(errors).length === 0 && <ErrorBox error={ask.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" tone="primary" isDisabled={!told || count === undefined || ask.isPending}>
            {count === undefined ? t("bulk.counting") : t("bulk.go", { n: count })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function useCount(meant: Meant): number | undefined {
  const filter = "filter" in meant ? meant.filter : undefined;
  const { data } = useQuery({
    queryKey: ["leads", "count", filter],
    queryFn: () => ok(api.POST("/api/v1/leads/bulk/count", { body: { filter: filter ?? {} } })),
    enabled: filter !== undefined,
  });
  return "leads" in meant ? meant.leads.length : data?.count;
}
