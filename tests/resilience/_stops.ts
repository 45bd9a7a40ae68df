/**
 * Asks a process to stop during its k-th request: by a signal of the operating
 * system, which an operation sees as an `AbortSignal`. The process cleans up and
 * ends; then the next command continues from the state that it left.
 */
import { SkegError } from "../../errors.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import { type Outcome, recover, type Subject, type Victim } from "./_kills.ts";

/** Time of the signal: before the server carried out the request, or after that but before the answer. */
export type Moment = "before" | "after";

/** Fires when an operation sends its `k`-th request. A request that the signal aborts gets no answer. */
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

/** Stops an operation at its `k`-th request and tries one remedy. `killed` is false if it finished before that. */
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
