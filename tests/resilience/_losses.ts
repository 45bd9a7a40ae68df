/**
 * Loses the k-th answer of an operation, although the server carried out the request.
 */
import { KubeError, SkegError } from "../../errors.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import { recordsOf, type Subject, type Victim } from "./_kills.ts";

/** The client's view: a closed connection, or the answer to a repetition of the request that it does not know of. */
export type Loss = "closed" | "repeated";

/** The result of a lost answer. */
export interface LossOutcome {
  /** The records: `1 DEPLOYED`. */
  readonly records: string;
  /** Problems at the end; empty when there are none. */
  readonly wrong: readonly string[];
  /** False if the operation had no such request. */
  readonly lost: boolean;
}

/** Returns true if the answer to a request (counted from 1) is lost. */
type Loses = (request: number) => boolean;

/** Loses the answers to the requests that `loses` picks. */
function losing(how: Loss, loses: Loses): (next: Transport) => Transport {
  let sent = 0;
  return (next) => async (request) => {
    if (!loses(++sent)) return await next(request);
    await (await next(request)).body?.cancel();
    // The client repeats a read when the connection is closed without an answer.
    if (how === "repeated" || request.method === "GET") return await next(request);
    throw new KubeError("the connection was closed", 0, "");
  };
}

/** Loses answers of an operation; the result must not change. */
export async function playLoss(
  subject: Subject,
  victim: Victim,
  how: Loss,
  loses: Loses,
): Promise<LossOutcome> {
  const stage = await subject.open();
  try {
    await victim.before(stage.process());
    let lost = false;
    const through = losing(how, (request) => {
      const isLost = loses(request);
      lost ||= isLost;
      return isLost;
    });
    const wrong: string[] = [];
    await victim.run(stage.process(through)).catch((error) => {
      if (!(error instanceof SkegError)) throw error;
      wrong.push(`it ended with “${error.message}”`);
    });
    wrong.push(...await subject.untruths(stage));
    return { records: await recordsOf(stage, subject.name), wrong, lost };
  } finally {
    await stage.close();
  }
}
