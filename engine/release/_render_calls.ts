/** Rendering within an operation. */
import type { ClockAndRandom } from "../base/mod.ts";
import type { Environment } from "./environment.ts";

/** The part of an environment that rendering uses. */
export interface RenderCalls extends ClockAndRandom {
  readonly log: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** Returns the environment's clock and randomness, and callbacks that report events. */
export function renderCallbacks(env: Environment): RenderCalls {
  return {
    clock: env.clock,
    random: env.random,
    log: (text) => env.report({ type: "log", text }),
    warn: (text) => env.report({ type: "warning", text }),
  };
}
