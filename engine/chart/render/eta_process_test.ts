import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { readAnswer } from "./eta_answer.ts";
import { ETA_ARGUMENT, runInProcess } from "./eta_process.ts";
import { requestFor } from "./eta_worker.ts";

const LIMITS = { timeMs: 10_000, memoryBytes: 2 ** 28 };

const jobOf = (text: string): string =>
  JSON.stringify({
    templates: [{ name: "c/templates/a.yaml", basePath: "c/templates", text, partial: false, scope: 0 }],
    scopes: [{ Values: { k: "v" }, Capabilities: { APIVersions: ["v1"] }, Files: {} }],
  });

Deno.test("runInProcess() renders", async () => {
  const outcome = await runInProcess(jobOf("<%= it.Values.k %>"), LIMITS);
  deepEqual(outcome, { answer: '{"texts":["v"]}' });
});

Deno.test("runInProcess() notices at once that the process has ended", async () => {
  const start = Date.now();
  deepEqual(await runInProcess(jobOf("<% 'x'.repeat(2 ** 28).split('') %>"), LIMITS), { end: "memory" });
  equal(Date.now() - start < 9000, true);
});

Deno.test("the program started with the hidden argument renders, without any right, and ends with its standard input", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      "-A",
      join(import.meta.dirname ?? ".", "..", "..", "..", "main.ts"),
      ETA_ARGUMENT,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = child.stdin.getWriter();
  const rights = `
    const states = ["read", "write", "net", "env", "sys", "run", "ffi", "import"]
      .map((name) => Deno.permissions.querySync({ name }).state);
    require("node:worker_threads").parentPort.postMessage(JSON.stringify(states.filter((state) => state === "granted")));`;
  await input.write(new TextEncoder().encode(`${JSON.stringify({ ...requestFor("", LIMITS), worker: rights })}\n`));
  const { code, stdout } = await child.output();
  deepEqual([code, new TextDecoder().decode(stdout)], [0, "ready\n[]"]);
  await input.close().catch(() => {});

  const orphan = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "-A",
      join(import.meta.dirname ?? ".", "..", "..", "..", "main.ts"),
      ETA_ARGUMENT,
    ],
    stdin: "piped",
    stdout: "null",
  }).spawn();
  const parent = orphan.stdin.getWriter();
  await parent.write(
    new TextEncoder().encode(
      `${JSON.stringify(requestFor(jobOf("<% for (;;); %>"), LIMITS))}\n`,
    ),
  );
  await parent.close();
  equal((await orphan.status).code, 1);
});

Deno.test("readAnswer() takes what runInProcess() gives for a template that fails", async () => {
  const outcome = await runInProcess(jobOf("a\n<%= it.x.y %>"), LIMITS);
  const answer = outcome && "answer" in outcome ? readAnswer(outcome.answer, { templates: 1, texts: 1 }) : undefined;
  deepEqual(answer, {
    failure: { phase: "render", index: 0, line: 2, message: "Cannot read properties of undefined (reading 'y')" },
  });
});
