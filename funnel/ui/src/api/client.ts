/** The one way to the API: typed calls, errors as exceptions, the token against forged writes. */
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Session = Schemas["SessionOut"];

/** The service said no. `errors` is by field or path. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: Readonly<Record<string, string[]>>;
  /** what to tell those who can read the service's log */
  readonly requestId: string;
  constructor(status: number, body: Partial<Schemas["ErrorOut"]> | undefined) {
    super(body?.detail || `${status}`);
    this.status = status;
    this.code = body?.code ?? "";
    this.errors = body?.errors ?? {};
    this.requestId = body?.request_id ?? "";
  }
}

/** Nobody answered: the network, the service or its database is away, and may be back in a moment. */
export class AwayError extends Error {}
const AWAY = [502, 503, 504];

let csrf = "";
let learn: () => void;
/** a write that comes before the session was read waits for it */
const learned = new Promise<void>((done) => {
  learn = done;
});
const onEnd = new Set<() => void>();

/** What a write has to carry; known once the session was read. */
export function keepToken(token: string | null): void {
  csrf = token ?? "";
  learn();
}

/** Called whenever an answer says that nobody is signed in any more. */
export function whenLoginEnds(call: () => void): () => void {
  onEnd.add(call);
  return () => onEnd.delete(call);
}

/** The user signs out: what is still under way may fail, and needs no way back. */
export function endLogin(): void {
  onEnd.clear();
}

const middleware: Middleware = {
  async onRequest({ request }) {
    if (request.method === "GET") return request;
    await learned;
    request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  onResponse({ response }) {
    if (response.status === 401) for (const call of onEnd) call();
  },
  onError({ error }) {
    return error instanceof TypeError ? new AwayError(error.message) : undefined;
  },
};

export const api = createClient<paths>({ baseUrl: "/" });
api.use(middleware);

/** What a call answered. Throws ApiError or AwayError, so that queries and mutations see the failure. */
export async function ok<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  return (await whole(call)).data;
}

/** The same, with the headers (an ETag). */
export async function whole<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<{ data: T; response: Response }> {
  const { data, error, response } = await call;
  if (AWAY.includes(response.status)) throw new AwayError(`${response.status}`);
  if (!response.ok || error !== undefined) throw new ApiError(response.status, error as Partial<Schemas["ErrorOut"]>);
  return { data: data as T, response };
}
