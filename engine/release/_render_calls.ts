/** What rendering takes from an environment. */
import type { Outside } from "../base/mod.ts";
import type { Environment } from "./environment.ts";

/** What the render room calls. */
export interface RenderCalls extends Outside {
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
