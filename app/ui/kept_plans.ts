/**
 * Plans that were made for the page, until they are applied or forgotten.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { SavedPlan } from "../../engine/release/mod.ts";
import type { PlanAnswer } from "./types.ts";

/** More plans are not kept: the oldest is forgotten. Each holds the release that it would record. */
const PLANS_MAX = 20;

/** A plan that can be applied. */
export interface KeptPlan {
  /** The answer that the page has got. */
  readonly answer: PlanAnswer;
  /** The plan itself. It holds secrets, and never leaves this process. */
  readonly saved: SavedPlan;
}

/** The plans of one server. */
export class KeptPlans {
  readonly #plans = new Map<string, KeptPlan>();

  /** Keeps a plan under its digest. */
  keep(plan: KeptPlan): void {
    this.#plans.delete(plan.saved.digest);
    this.#plans.set(plan.saved.digest, plan);
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > PLANS_MAX && oldest !== undefined) this.#plans.delete(oldest);
  }

  /**
   * Returns a plan.
   *
   * @throws SkegError of kind `not-found`.
   */
  get(digest: string): KeptPlan {
    const plan = this.#plans.get(digest);
    if (plan !== undefined) return plan;
    throw new SkegError("not-found", "there is no such plan", {
      hint: "Make the plan again: only the newest are kept.",
    });
  }

  /** Forgets a plan that was applied. */
  forget(digest: string): void {
    this.#plans.delete(digest);
  }
}
