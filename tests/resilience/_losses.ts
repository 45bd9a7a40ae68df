/**
 * An operation whose k-th answer gets lost, though the request was carried out.
 */
import { KubeError, SkegError } from "../../errors.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import { AGAIN, recordsOf, recover, type Subject, type Victim } from "./_kills.ts";

/** What the client sees: a connection that is closed, or the answer to the same request, sent once more unseen. */
export type Loss = "closed" | "repeated";

/** What came of a lost answer. */
export interface LossOutcome {
  /** How the operation ended, and what is recorded: `done: 1 DEPLOYED`. */
  readonly end: string;
  /** What is wrong in the end; empty when all is well. */
  readonly wrong: readonly string[];
  /** False when the operation had no such request. */
  readonly lost: boolean;
}

/** Says which answers get lost: by the number of the request, counted from 1, and how many were answered before. */
type Loses = (request: number, answered: number) => boolean;

/** Loses the answers to the requests that `loses` picks. */
function losing(how: Loss, loses: Loses): (next: Transport) => Transport {
  let sent = 0;
  let answered = 0;
  return (next) => async (request) => {
    if (!loses(++sent, answered)) {
      const answer = await next(request);
      answered++;
      return answer;
    }
    await (await next(request)).body?.cancel();
    if (how === "repeated") return await next(request);
    throw new KubeError("the connection was closed", 0, "");
  };
}

/** Loses answers of an operation. Only one before any that arrived may end it: then no server is known to be there. */
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
    let isFirst = false;
    const through = losing(how, (request, answered) => {
      const isLost = loses(request, answered);
      lost ||= isLost;
      isFirst ||= isLost && answered === 0;
      return isLost;
    });
    try {
      await victim.run(stage.process(through));
      const end = `done: ${await recordsOf(stage, subject.name)}`;
      return { end, wrong: await subject.untruths(stage), lost };
    } catch (error) {
      if (!(error instanceof SkegError)) throw error;
      if (!isFirst || how !== "closed") return { end: "", wrong: [`it ended with “${error.message}”`], lost };
      const { remedy, wrong } = await recover(stage, subject, victim, AGAIN);
      return { end: `“${error.message}” → ${remedy}: ${await recordsOf(stage, subject.name)}`, wrong, lost };
    }
  } finally {
    await stage.close();
  }
}
