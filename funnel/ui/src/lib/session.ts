/** What the app knows of its user and of the engine, asked again and again while the app is open. */
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { AwayError, api, keepToken, ok, type Session } from "../api/client.ts";
import { engineTime } from "./dates.ts";

/** milliseconds between two looks while all is well, and while the service is away */
const CALM = 15_000;
const AWAY = 3_000;

export interface Heard {
  session: Session;
  /** when it was heard: this machine's own clock, in milliseconds */
  at: number;
}

async function read(): Promise<Heard> {
  const session = await ok(api.GET("/api/v1/session"));
  keepToken(session.csrf);
  return { session, at: Date.now() };
}

const question = {
  queryKey: ["session"],
  queryFn: read,
  retry: false,
  staleTime: 0,
  refetchOnWindowFocus: true,
} as const;

export function useSession() {
  const asked = useQuery({ ...question, refetchInterval: (query) => (query.state.error ? AWAY : CALM) });
  return { heard: asked.data, away: asked.error instanceof AwayError, error: asked.error, again: asked.refetch };
}

/** What was heard last, for those who only look: asking is the frame's business, and however many look, one asks. */
export function useHeard(): Heard | undefined {
  return useQuery({ ...question, enabled: false }).data;
}

export function isSession(key: readonly unknown[]): boolean {
  return key[0] === question.queryKey[0];
}

/** Ask at once, for instance to learn whether somebody is signed in again. */
export async function askAgain(client: QueryClient): Promise<void> {
  await client.refetchQueries({ queryKey: question.queryKey });
}

/** Engine time in milliseconds, moving; quick clocks move every second, real time every half minute. */
export function useNow(): number {
  const data = useHeard();
  const [wall, setWall] = useState(() => Date.now());
  const speed = data?.session.speed ?? 1;
  useEffect(() => {
    const timer = setInterval(() => setWall(Date.now()), speed > 1 ? 1_000 : 30_000);
    return () => clearInterval(timer);
  }, [speed]);
  return data ? engineTime(data.session, data.at, Math.max(wall, data.at)) : wall;
}
