/** Somebody leaves or is away: all leads and open tasks go to somebody else. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Confirm } from "../../../components/Dialog.tsx";
import { Select } from "../../../components/Field.tsx";
import { Card } from "../../../components/Page.tsx";
import { ErrorBox } from "../../../components/States.tsx";
import { useColleagues } from "../../../lib/colleagues.ts";
import { useWords } from "../../../lib/language.ts";
import { BulkProgress } from "../../leads/bulk/BulkProgress.tsx";

export function HandOver() {
  const t = useWords();
  const { known, name, choices } = useColleagues();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [asking, setAsking] = useState(false);
  const hand = useMutation({
    mutationFn: () =>
      ok(
        api.POST("/api/v1/users/{user_id}/hand-over", {
          params: { path: { user_id: Number(from) } },
          body: { to: to ? Number(to) : null },
        }),
      ),
  });
  return (
    <Card title={t("handOver.title")} className="mt-6 max-w-2xl">
      <p className="mb-3 text-mute">{t("handOver.text")}</p>
      <div className="grid gap-3 sm:grid-cols-2">
        <Select
          label={t("handOver.from")}
          value={from}
          onChange={setFrom}
          choices={[
            { value: "", label: "–" },
            ...known.map((user) => ({ value: String(user.id), label: name(user.id) })),
          ]}
        />
        <Select label={t("handOver.to")} value={to} onChange={setTo} choices={choices()} />
      </div>
      {hand.error && <ErrorBox error={hand.error} />}
      <div className="mt-3 flex justify-end">
        <Button isDisabled={!from || from === to || hand.isPending} onPress={() => setAsking(true)}>
          {t("handOver.do")}
        </Button>
      </div>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={t("handOver.title")}
        action={t("handOver.do")}
        onYes={() => hand.mutate()}
      >
        {t("handOver.ask", { from: name(Number(from)), to: name(to ? Number(to) : null) })}
      </Confirm>
      {hand.data && <BulkProgress id={hand.data.id} onClose={() => hand.reset()} />}
    </Card>
  );
}
