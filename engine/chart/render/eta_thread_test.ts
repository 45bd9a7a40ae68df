import { deepEqual, equal, ok } from "node:assert/strict";
import { CRAWL } from "../../../tests/_lib/eta_crawl.ts";
import { readAnswer } from "./eta_answer.ts";
import type { EtaOutcome } from "./eta_process.ts";
import { runInWorker } from "./eta_thread.ts";
import { requestFor } from "./eta_worker.ts";

const LIMITS = { timeMs: 120_000, memoryBytes: 2 ** 28 };

const jobOf = (text: string): string =>
  JSON.stringify({
    templates: [{ name: "c/templates/a.yaml", basePath: "c/templates", text, partial: false, scope: 0 }],
    scopes: [{ Values: { k: "v" }, Capabilities: { APIVersions: ["v1"] }, Files: {} }],
  });

const rendered = (outcome: EtaOutcome): unknown =>
  "answer" in outcome ? readAnswer(outcome.answer, { templates: 1, texts: 1 }) : outcome;

Deno.test("runInWorker() renders", async () => {
  deepEqual(rendered(await runInWorker(jobOf("<%= it.Values.k %>"), LIMITS)), { texts: ["v"] });
});

Deno.test("runInWorker() shows templates no object that leads out of their context", async () => {
  deepEqual(rendered(await runInWorker(jobOf(CRAWL), LIMITS)), { texts: ["true []"] });
});

Deno.test("runInWorker() ends what does not end, and what takes all memory", async () => {
  deepEqual(await runInWorker(jobOf("<% for (;;); %>"), { ...LIMITS, timeMs: 500 }), { end: "time" });
  const full = await runInWorker(jobOf("<% const a = []; for (;;) a.push({}); %>"), { ...LIMITS, timeMs: 120_000 });
  deepEqual(full, { end: "memory" });
});

/** Runs another script in place of the real worker's. */
async function running(script: string): Promise<EtaOutcome> {
  return await runInWorker("", LIMITS, { ...requestFor("", LIMITS), worker: script });
}

const POST = "require('node:worker_threads').parentPort.postMessage";

Deno.test("runInWorker() takes whatever the worker answers", async () => {
  for (const answer of ["null", "undefined", "5", "{ texts: { x: 5 } }", "new Error('x')", "'x'", "['{}']"]) {
    equal(rendered(await running(`${POST}(${answer})`)), undefined, answer);
  }
  for (const answer of ["() => {}", "Symbol('x')"]) deepEqual(await running(`${POST}(${answer})`), { end: "nothing" });
  deepEqual(await running("throw 1"), { end: "nothing" });
});

Deno.test("runInWorker() notices at once that the worker has ended", async () => {
  for (const end of ["process.exit(0)", "Deno.exit(3)", "self.close()", ""]) {
    const start = Date.now();
    deepEqual(await running(end), { end: "nothing" }, end);
    ok(Date.now() - start < LIMITS.timeMs, end);
  }
});
