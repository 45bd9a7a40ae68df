/**
 * An operation whose k-th answer gets lost, though the request was carried out.
 */
import { KubeError, SkegError } from "../../errors.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import { recordsOf, type Subject, type Victim } from "./_kills.ts";

/** What the client sees: a connection that is closed, or the answer to the same request, sent once more unseen. */
export type Loss = "closed" | "repeated";

/** What came of a lost answer. */
export interface LossOutcome {
  /** What is recorded: `1 DEPLOYED`. */
  readonly records: string;
  /** What is wrong in the end; empty when all is well. */
  readonly wrong: readonly string[];
  /** False when the operation had no such request. */
  readonly lost: boolean;
}

/** Says which answers get lost: by the number of the request, counted from 1. */
type Loses = (request: number) => boolean;

/** Loses the answers to the requests that `loses` picks. */
function losing(how: Loss, loses: Loses): (next: Transport) => Transport {
  let sent = 0;
  return (next) => async (request) => {
    if (!loses(++sent)) return await next(request);
    await (await next(request)).body?.cancel();
    // A connection that is closed without an answer is tried once more where only reading is asked for.
    if (how === "repeated" || request.method === "GET") return await next(request);
    throw new KubeError("the connection was closed", 0, "");
  };
}

/** Loses answers of an operation, which must not notice. */
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
