/** One's own account: who one is, the password, the second factor, where one is signed in. */
import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../../../api/client.ts";
import { Loaded } from "../../../components/States.tsx";
import { useWords } from "../../../lib/language.ts";
import { useHeard } from "../../../lib/session.ts";
import { Password } from "./Password.tsx";
import { SecondFactor } from "./SecondFactor.tsx";
import { MySessions } from "./MySessions.tsx";
import { Who } from "./Who.tsx";

export function Account() {
  const t = useWords();
  const heard = useHeard();
  const query = useQuery({ queryKey: ["account"], queryFn: () => ok(api.GET("/api/v1/account")) });
  return (
    <>
      {heard?.session.second_factor_needed && (
        <p role="alert" className="mb-4 rounded-lg border border-warn bg-warn-tint p-4">
          {t("account.factorNeeded")}
        </p>
      )}
      <Loaded query={query}>
        {(account) => (
          <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
            <Who account={account} />
            <SecondFactor hasPassword={account.has_password} />
            {account.has_password && <Password />}
            <MySessions />
          </div>
        )}
      </Loaded>
    </>
  );
}
