/** The rule that everybody needs a second factor. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../../api/client.ts";
import { Checkbox } from "../../../components/Field.tsx";
import { Card } from "../../../components/Page.tsx";
import { Loaded } from "../../../components/States.tsx";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";

const KEY = ["sign-in"];

export function SignInRule() {
  const t = useWords();
  const client = useQueryClient();
  const query = useQuery({ queryKey: KEY, queryFn: () => ok(api.GET("/api/v1/sign-in")) });
  const saving = useMutation({
    mutationFn: (required: boolean) => ok(api.PUT("/api/v1/sign-in", { body: { factor_required: required } })),
    onSuccess: (told) => {
      client.setQueryData(KEY, told);
      toast(t("account.saved"));
      void client.invalidateQueries({ queryKey: ["session"] });
    },
  });
  return (
    <Card title={t("people.signIn")}>
      <Loaded query={query} lines={1}>
        {({ factor_required: required, provider }) => (
          <div className="grid grid-cols-1 gap-2">
            <Checkbox isSelected={required} isDisabled={saving.isPending} onChange={(on) => saving.mutate(on)}>
              {t("people.factorForAll")}
            </Checkbox>
            <p className="text-xs text-mute">{t("people.factorForAllHint")}</p>
            {provider && <p className="text-mute">{t("people.providerOn")}</p>}
          </div>
        )}
      </Loaded>
    </Card>
  );
}
