/**
 * A process that is asked to stop while its k-th request is on its way: a
 * signal of the operating system, which an operation sees as an `AbortSignal`.
 * It ends in its own way; then the next command goes on from what it left.
 */
import { SkegError } from "../../errors.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import { type Outcome, recover, type Subject, type Victim } from "./_kills.ts";

/** When the signal comes: the request was not carried out, or it was and the answer is not here yet. */
export type Moment = "before" | "after";

/** Fires when an operation sends its `k`-th request. A request that the signal ends gets no answer. */
export function stoppedAt(k: number, moment: Moment): {
  readonly through: (next: Transport) => Transport;
  readonly signal: AbortSignal;
} {
  const stop = new AbortController();
  let sent = 0;
  const through = (next: Transport): Transport => async (request) => {
    if (++sent !== k) return await next(request);
    const fire = (): void => stop.abort(new SkegError("aborted", "stopped by SIGTERM", { exitCode: 143 }));
    if (moment === "before") fire();
    const answer = await next(request);
    if (moment === "after") fire();
    request.signal?.throwIfAborted();
    return answer;
  };
  return { through, signal: stop.signal };
}

/** Stops an operation at its `k`-th request and tries one remedy. `killed` is false when it was done before that. */
export async function playStop(
  subject: Subject,
  victim: Victim,
  k: number,
  remedy: string,
  moment: Moment = "after",
): Promise<Outcome> {
  const stage = await subject.open();
  try {
    await victim.before(stage.process());
    const { through, signal } = stoppedAt(k, moment);
    await victim.run(stage.process(through, { signal })).catch((error) => {
      if (!(error instanceof SkegError)) throw error;
    });
    if (!signal.aborted) return { left: "", remedy: "", wrong: [], killed: false };
    return { killed: true, ...await recover(stage, subject, victim, remedy) };
  } finally {
    await stage.close();
  }
}
