/** Where one is signed in; each session but this one can be ended. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../../api/client.ts";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Page.tsx";
import { Loaded } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";
import { SessionList } from "../people/SessionList.tsx";

const KEY = ["account", "sessions"];

export function MySessions() {
  const t = useWords();
  const client = useQueryClient();
  const query = useQuery({ queryKey: KEY, queryFn: () => ok(api.GET("/api/v1/account/sessions")) });
  const ending = useMutation({
    mutationFn: (id: number | "others") =>
      id === "others"
        ? ok(api.DELETE("/api/v1/account/sessions"))
        : ok(api.DELETE("/api/v1/account/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSuccess: () => toast(t("sessions.ended")),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
  return (
    <Card title={t("sessions.title")}>
      <Loaded query={query}>
        {({ items }) => (
          <div className="grid grid-cols-1 gap-3">
            <SessionList sessions={items} onEnd={(id) => ending.mutate(id)} />
            {items.length > 1 && (
              <div>
                <Button onPress={() => ending.mutate("others")}>{t("sessions.endOthers")}</Button>
              </div>
            )}
          </div>
        )}
      </Loaded>
    </Card>
  );
}
