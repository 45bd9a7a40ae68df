import { deepEqual, equal, ok } from "node:assert/strict";
import { CRAWL } from "../../tests/_lib/eta_crawl.ts";
import { readAnswer } from "./eta_answer.ts";
import type { EtaOutcome } from "./eta_process.ts";
import { runInWorker } from "./eta_thread.ts";

const LIMITS = { timeMs: 10_000, memoryBytes: 2 ** 28 };

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
  deepEqual(await runInWorker(jobOf("<% const a = []; for (;;) a.push({}); %>"), LIMITS), { end: "memory" });
});

Deno.test("runInWorker() takes whatever the worker answers", async () => {
  const answers = ["null", "undefined", "5", "{ texts: { x: 5 } }", "() => {}", "new Error('x')", "Symbol('x')"];
  for (const answer of answers) {
    const start = Date.now();
    const outcome = await runInWorker("", LIMITS, `self.onmessage = () => self.postMessage(${answer});`);
    deepEqual(outcome, { end: "nothing" }, answer);
    ok(Date.now() - start < 5000, answer);
  }
  deepEqual(await runInWorker("", LIMITS, "throw 1"), { end: "nothing" });
  equal(rendered(await runInWorker("", LIMITS, "self.onmessage = () => self.postMessage('x')")), undefined);
});
