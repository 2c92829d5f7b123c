/** The rights of people: what somebody asks for, how long data is kept, who was erased. */
import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../../../api/client.ts";
import { Loaded } from "../../../components/States.tsx";
import { Erasures } from "./Erasures.tsx";
import { LookUp } from "./LookUp.tsx";
import { Retention } from "./Retention.tsx";

export function Privacy() {
  const query = useQuery({ queryKey: ["retention"], queryFn: () => ok(api.GET("/api/v1/privacy/retention")) });
  return (
    <div className="grid grid-cols-1 gap-4">
      <LookUp />
      <Loaded query={query}>{(policy) => <Retention key={policy.revision} policy={policy} />}</Loaded>
      <Erasures />
    </div>
  );
}
