/** Turns messages of rendering into events. */
import type { Environment } from "./environment.ts";

/** Returns the callbacks for rendering. */
export function renderCallbacks(env: Environment): { log: (text: string) => void; warn: (text: string) => void } {
  return {
    log: (text) => env.report({ type: "log", text }),
    warn: (text) => env.report({ type: "warning", text }),
  };
}
