/** A conversion is taken back, with the reason. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, type Schemas } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { TextField } from "../../components/Field.tsx";
import { ErrorBox } from "../../components/States.tsx";
import { useWords } from "../../lib/language.ts";

export function WithdrawDialog({ conversion, onClose }: { conversion: Schemas["ConversionOut"]; onClose: () => void }) {
  const t = useWords();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const withdrawing = useMutation({
    mutationFn: () =>
      ok(
        api.POST("/api/v1/conversions/{conversion_id}/withdraw", {
          params: { path: { conversion_id: conversion.id } },
          body: { reason },
        }),
      ),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ["lead", conversion.lead_id] });
    },
  });
  return (
    <Dialog open onClose={onClose} title={t("conversions.withdrawTitle", { goal: conversion.goal_name })}>
      <form
        noValidate
        className="mt-3 grid grid-cols-1 gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          withdrawing.mutate();
        }}
      >
        <TextField
          label={t("conversions.reason")}
          hint={t("conversions.reasonHint")}
          value={reason}
          onChange={setReason}
          maxLength={500}
          autoFocus
        />
        {withdrawing.error && <ErrorBox error={withdrawing.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button tone="danger" type="submit" isDisabled={!reason.trim() || withdrawing.isPending}>
            {t("conversions.withdraw")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
