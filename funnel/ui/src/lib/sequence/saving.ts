/**
 * Saving by itself: a while after the last change, one save at a time, and again when the service is back.
 * Knows nothing of React or of the network: both are passed in, so that its every turn can be tested.
 */

export type Told =
  /** nothing to save; `at`: when it was saved last, in milliseconds */
  | { state: "saved"; at: number | null }
  | { state: "waiting" | "saving" }
  /** the service cannot be reached, or nobody is signed in; what was typed is kept */
  | { state: "away" | "signedOut" }
  /** somebody changed it elsewhere: a person decides */
  | { state: "stale" }
  | { state: "refused"; message: string };

/** What became of one try. */
export type Tried<R> =
  { how: "saved"; answer: R } | { how: "away" | "signedOut" | "stale" } | { how: "refused"; message: string };

export interface Around<T, R> {
  save: (value: T) => Promise<Tried<R>>;
  saved: (answer: R) => void;
  tell: (told: Told) => void;
  now: () => number;
  /** calls back after so many milliseconds; returns how to call it off */
  later: (call: () => void, milliseconds: number) => () => void;
}

/** milliseconds of quiet before a save, and between tries while the service is away */
export const QUIET = 800;
export const AGAIN = 3_000;

export class Saver<T, R> {
  private told: Told = { state: "saved", at: null };
  private pending: { value: T } | null = null;
  private busy = false;
  private readonly waiting: (() => void)[] = [];
  private callOff: () => void = () => undefined;
  private readonly around: Around<T, R>;

  constructor(around: Around<T, R>) {
    this.around = around;
  }

  /** Something was typed. */
  change(value: T): void {
    this.pending = { value };
    if (this.told.state === "stale") return;
    if (!this.busy) this.tell({ state: "waiting" });
    this.soon(QUIET);
  }

  /** Save now, if there is anything to save; whether all is saved then. */
  async flush(): Promise<boolean> {
    if (this.told.state !== "stale") await this.attempt();
    return this.told.state === "saved";
  }

  /** The service was heard of: what could not be saved for lack of it is saved now. */
  async back(): Promise<void> {
    if (this.told.state === "away" || this.told.state === "signedOut") await this.attempt();
  }

  /** What was not saved is given up: a person decided so, about a conflict. */
  forget(): void {
    this.pending = null;
    this.tell({ state: "saved", at: null });
  }

  private soon(milliseconds: number): void {
    this.callOff();
    this.callOff = this.around.later(() => void this.attempt(), milliseconds);
  }

  private async attempt(): Promise<void> {
    if (this.busy) return this.wait();
    this.callOff();
    const sent = this.pending;
    if (!sent) return;
    this.busy = true;
    this.tell({ state: "saving" });
    const tried = await this.around.save(sent.value).finally(() => {
      this.busy = false;
    });
    this.take(tried, sent);
    for (const call of this.waiting.splice(0)) call();
    if (this.told.state === "saved" && this.pending) await this.attempt();
  }

  /** Until the save under way is over, and what came meanwhile is saved too. */
  private async wait(): Promise<void> {
    await new Promise<void>((done) => this.waiting.push(done));
    await this.attempt();
  }

  private take(tried: Tried<R>, sent: { value: T }): void {
    switch (tried.how) {
      case "saved":
        if (this.pending === sent) this.pending = null;
        this.around.saved(tried.answer);
        this.tell({ state: "saved", at: this.around.now() });
        break;
      case "away":
        this.tell({ state: "away" });
        this.soon(AGAIN);
        break;
      case "refused":
        this.tell({ state: "refused", message: tried.message });
        break;
      default:
        this.tell({ state: tried.how });
    }
  }

  private tell(told: Told): void {
    this.told = told;
    this.around.tell(told);
  }
}
