/** The second factor: whether there is one, and the ways to set it up, to renew its recovery codes, to remove it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../../api/client.ts";
import { Badge } from "../../../components/Badge.tsx";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Page.tsx";
import { Loaded } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";
import { PasswordDialog } from "./PasswordDialog.tsx";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { SetUp, type Started } from "./SetUp.tsx";

type Step = "start" | "renew" | "remove";

export function SecondFactor({ hasPassword }: { hasPassword: boolean }) {
  const t = useWords();
  const client = useQueryClient();
  const [asking, ask] = useState<Step>();
  const [started, setStarted] = useState<Started>();
  const [codes, setCodes] = useState<readonly string[]>();
  const query = useQuery({
    queryKey: ["account", "factor"],
    queryFn: () => ok(api.GET("/api/v1/account/second-factor")),
  });
  const changed = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["account"] }),
      client.invalidateQueries({ queryKey: ["session"] }),
    ]);
  const act = async (step: Step, password: string) => {
    const body = { password };
    if (step === "start") setStarted(await ok(api.POST("/api/v1/account/second-factor", { body })));
    if (step === "renew") {
      const { recovery_codes: made } = await ok(api.POST("/api/v1/account/second-factor/recovery-codes", { body }));
      setCodes(made);
    }
    if (step === "remove") {
      await ok(api.POST("/api/v1/account/second-factor/remove", { body }));
      toast(t("factor.removed"));
    }
    await changed();
  };
  return (
    <Card title={t("factor.title")}>
      <Loaded query={query}>
        {({ on, recovery_codes_left: left }) => (
          <div className="grid grid-cols-1 gap-3">
            <p>
              <Badge tone={on ? "good" : "plain"}>{t(on ? "factor.on" : "factor.off")}</Badge>
            </p>
            <p className="text-mute">{on ? t("factor.left", { n: left }) : t("factor.what")}</p>
            <div className="flex flex-wrap gap-2">
              {on ? (
                <>
                  <Button onPress={() => ask("renew")}>{t("factor.renew")}</Button>
                  <Button tone="danger" onPress={() => ask("remove")}>
                    {t("factor.remove")}
                  </Button>
                </>
              ) : (
                <Button tone="primary" onPress={() => ask("start")}>
                  {t("factor.setUp")}
                </Button>
              )}
            </div>
          </div>
        )}
      </Loaded>
      {asking && (
        <PasswordDialog
          title={t(asking === "start" ? "factor.setUp" : `factor.${asking}`)}
          needed={hasPassword}
          onGiven={(password) => act(asking, password)}
          onClose={() => ask(undefined)}
        />
      )}
      {started && (
        <SetUp
          started={started}
          onClose={() => setStarted(undefined)}
          onDone={(made) => {
            setStarted(undefined);
            setCodes(made);
            void changed();
          }}
        />
      )}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(undefined)} />}
    </Card>
  );
}
