import { equal, ok } from "node:assert/strict";
import type { KubeProgress } from "../../engine/kube/mod.ts";
import type { ReleaseEvent } from "../../engine/release/mod.ts";
import { memoryPrinter } from "./print.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";
import { chosenKind, progressOn } from "./progress.ts";

const object = (progress: Partial<KubeProgress> & { readonly verb: KubeProgress["verb"] }): ReleaseEvent => ({
  type: "object",
  progress: { object: "Deployment/web", namespace: "shop", detail: "", ...progress },
});
const start = object({
  verb: "wait-start",
  object: "",
  total: 3,
  ready: ["Service/web"],
  timeoutSeconds: 300,
  since: Date.now() - 2000,
});
const waiting = (detail: string): ReleaseEvent => object({ verb: "wait", detail });
const created = object({ verb: "create", object: "Service/web" });
const crash = {
  name: "web-5c9f",
  ready: false,
  reason: "CrashLoopBackOff",
  message: "back-off 40s restarting failed container",
  restarts: 4,
  exitCode: 1,
  container: "web",
  lines: ["12:00:41 error: unknown directive"],
};

Deno.test("chosenKind() is a tree on a terminal, lines in a pipe, and nothing without hints", () => {
  equal(chosenKind({ watched: true }, "auto"), "tree");
  equal(chosenKind({ watched: false }, "auto"), "plain");
  equal(chosenKind({ watched: false }, "auto", false), "none");
  equal(chosenKind({ watched: true }, "auto", false), "none");
  equal(chosenKind({ watched: true }, "tree", false), "tree");
  equal(chosenKind({ watched: false }, "tree"), "plain");
  equal(chosenKind({ watched: true }, "plain", false), "plain");
});

Deno.test("progressOn() writes a pipe's lines when something changes, and nothing for repeats", async () => {
  const print = memoryPrinter();
  const { report, end } = await progressOn(print, { debug: false });
  report(created);
  report({ type: "log", text: "info: something" });
  report({ type: "warning", text: "careful" });
  report(start);
  report(waiting("0 of 2 pods are ready"));
  report(waiting("0 of 2 pods are ready"));
  report(object({ verb: "wait", detail: "1 of 2 pods are ready", pods: [crash] }));
  report(object({ verb: "wait", detail: "1 of 2 pods are ready", pods: [{ ...crash, restarts: 5 }] }));
  report(object({ verb: "ready" }));
  end();
  equal(
    print.stderr,
    "WARNING: careful\n" +
      "[   2s] waiting for 3 objects in shop, up to 5m\n" +
      "[   2s] Deployment/web: 0 of 2 pods are ready\n" +
      "[   2s] Deployment/web: 1 of 2 pods are ready\n" +
      "[   2s] Deployment/web: pod web-5c9f: CrashLoopBackOff, exit code 1\n" +
      "[   2s] Deployment/web is ready\n",
  );
  equal(print.stdout, "");
});

Deno.test("progressOn() writes nothing about a wait that is over within a second", async () => {
  const print = memoryPrinter();
  const { report, end } = await progressOn(print, { debug: false });
  report(object({ verb: "wait-start", object: "", total: 3, since: Date.now() }));
  report(waiting("0 of 2 pods are ready"));
  report(object({ verb: "ready" }));
  end();
  equal(print.stderr, "");
});

// Pins install-debug.
Deno.test("progressOn() shows every event in a pipe with --debug", async () => {
  const print = memoryPrinter();
  const { report, end } = await progressOn(print, { debug: true });
  report(created);
  report({ type: "hook", event: "pre-install", name: "migrate", phase: "done" });
  report({ type: "log", text: "info: something" });
  end();
  equal(print.stderr, "Service/web created in shop\nhook pre-install migrate done\ninfo: something\n");
});

Deno.test("SKEG_HINTS=off leaves a terminal without the tree of a wait, unless it is asked for", () =>
  inFolder({
    "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
    "web/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
  }, async (folder) => {
    const told = async (hints: string, ...more: string[]): Promise<string> => {
      const argv = ["install", `${folder}/web`, "--wait", "--sandbox=:memory:", ...more];
      return (await program(argv, { own: true, watched: true, variables: { SKEG_HINTS: hints } })).stderr;
    };
    equal(await told("off"), "");
    for (const shown of [await told(""), await told("off", "--progress", "plain")]) ok(/ConfigMap/.test(shown), shown);
  }));

Deno.test("progressOn() writes only warnings with none, and without hints", async () => {
  for (const options of [{ kind: "none" as const }, { hints: false }, { hints: false, watched: true }]) {
    const print = memoryPrinter({ watched: "watched" in options });
    const { report, end } = await progressOn(print, { debug: false, ...options });
    report(start);
    report(waiting("0 of 2 pods are ready"));
    report({ type: "warning", text: "careful" });
    end();
    equal(print.stderr, "WARNING: careful\n");
  }
});

Deno.test("progressOn() writes one JSON line for each event", async () => {
  const print = memoryPrinter();
  const { report, end } = await progressOn(print, { debug: false, kind: "json" });
  report(start);
  report(
    object({
      verb: "wait",
      detail: "1 of 2 pods are ready",
      state: "progress",
      pods: [crash],
      event: "BackOff: again",
    }),
  );
  end({ error: new Error("timed out waiting for the condition") });
  const lines = print.stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
  equal(lines.every(({ schema, at }) => schema === 1 && !Number.isNaN(Date.parse(at))), true);
  const shown = lines.map(({ schema: _schema, at: _at, ...rest }) => JSON.stringify(rest));
  const { lines: logged, ...pod } = crash;
  const ref = { kind: "Deployment", namespace: "shop", name: "web" };
  equal(
    shown.join("\n"),
    [
      { type: "start", namespace: "shop", total: 3, ready: ["Service/web"], timeoutSeconds: 300 },
      { type: "state", object: ref, state: "progress", reason: "1 of 2 pods are ready", pods: [pod] },
      { type: "event", object: ref, text: "BackOff: again" },
      { type: "log", object: ref, pod: "web-5c9f", container: "web", lines: logged },
      { type: "end", status: "failed", error: "timed out waiting for the condition" },
    ].map((record) => JSON.stringify(record)).join("\n"),
  );
});

Deno.test("progressOn() colours only where colours are welcome", async () => {
  const print = memoryPrinter({ watched: true, colour: true });
  (await progressOn(print, { debug: false })).report(created);
  equal(print.stderr, "\u001b[2mService/web created in shop\u001b[0m\n");
});
