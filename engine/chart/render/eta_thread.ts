/**
 * A worker thread for Eta templates, used when no other process may be started.
 *
 * Only a web worker can be created without permissions, and only a Node worker
 * with a memory limit. So a web worker starts a Node worker, which has neither
 * permissions nor more memory. (A worker within a worker takes half a second to
 * start in Deno 2.9.6.) A template that reaches one of the limits at which V8
 * ends its process ends the whole program.
 *
 * @module
 */
import { type EtaLimits, type EtaOutcome, outcomeOf } from "./eta_process.ts";
import { ETA_RELAY, type EtaRequest, requestFor } from "./eta_worker.ts";

/** The module of the outer worker. */
const OUTER = `
import { Worker } from "node:worker_threads";
self.onmessage = ({ data }) => (${ETA_RELAY})(Worker, data, (text) => self.postMessage(text));
`;

/** Time in milliseconds that the answer may take after the templates' own time limit. */
const GRACE_MS = 2000;

/**
 * Runs a job in a worker.
 *
 * @param job An `EtaJob` as JSON.
 * @param request The relay's request; tests pass others.
 */
export async function runInWorker(
  job: string,
  limits: EtaLimits,
  request: EtaRequest = requestFor(job, limits),
): Promise<EtaOutcome> {
  const url = URL.createObjectURL(new Blob([OUTER], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module", name: "eta", deno: { permissions: "none" } });
  let late: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<EtaOutcome>((resolve) => {
      late = setTimeout(() => resolve({ end: "time" }), limits.timeMs + GRACE_MS);
      worker.onmessage = ({ data }) => resolve(typeof data === "string" ? outcomeOf(data) : { end: "nothing" });
      worker.onmessageerror = () => resolve({ end: "nothing" });
      worker.onerror = (event) => {
        event.preventDefault();
        resolve({ end: "nothing" });
      };
      worker.postMessage(request);
    });
  } finally {
    clearTimeout(late);
    worker.terminate();
    URL.revokeObjectURL(url);
  }
}
