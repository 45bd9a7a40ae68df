/**
 * A worker of this process for Eta templates, where no other process may be
 * started.
 *
 * It has no permissions. Its memory is looked at from here, so a template
 * that takes gigabytes in one step can still end the whole program.
 *
 * @module
 */
import type { EtaLimits, EtaOutcome } from "./eta_process.ts";
import { ETA_WORKER } from "./eta_worker.ts";

/** How often the memory is looked at, in milliseconds. */
const LOOK_MS = 10;

/**
 * Runs a job in a worker and ends the worker, whatever happens.
 *
 * @param job An `EtaJob` as JSON.
 * @param code The worker's module; tests hand in others.
 */
export async function runInWorker(job: string, limits: EtaLimits, code: string = ETA_WORKER): Promise<EtaOutcome> {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module", name: "eta", deno: { permissions: "none" } });
  const before = Deno.memoryUsage().rss;
  let late: ReturnType<typeof setTimeout> | undefined;
  let look: ReturnType<typeof setInterval> | undefined;
  try {
    return await new Promise<EtaOutcome>((resolve) => {
      late = setTimeout(() => resolve({ end: "time" }), limits.timeMs);
      look = setInterval(() => {
        if (Deno.memoryUsage().rss - before > limits.memoryBytes) resolve({ end: "memory" });
      }, LOOK_MS);
      worker.onmessage = ({ data }) => resolve(typeof data === "string" ? { answer: data } : { end: "nothing" });
      worker.onmessageerror = () => resolve({ end: "nothing" });
      worker.onerror = (event) => {
        event.preventDefault();
        resolve({ end: "nothing" });
      };
      worker.postMessage(job);
    });
  } finally {
    clearTimeout(late);
    clearInterval(look);
    worker.terminate();
    URL.revokeObjectURL(url);
  }
}
