/** What rendering tells, as events. */
import type { Environment } from "./environment.ts";

/** Callbacks for the render room. */
export function renderCallbacks(env: Environment): { log: (text: string) => void; warn: (text: string) => void } {
  return {
    log: (text) => env.report({ type: "log", text }),
    warn: (text) => env.report({ type: "warning", text }),
  };
}
