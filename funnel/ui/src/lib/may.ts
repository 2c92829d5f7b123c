/** What the user's role allows, to hide what would be refused: `useMay()("rules:write")`. The API refuses anyhow. */
import { useHeard } from "./session.ts";

export function useMay(): (scope: string) => boolean {
  const heard = useHeard();
  return (scope) => heard?.session.may.includes(scope) ?? false;
}
