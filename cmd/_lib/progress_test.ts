import { equal } from "node:assert/strict";
import { memoryPrinter } from "./print.ts";
import { progressOn } from "./progress.ts";

const waiting = (detail: string) => ({
  type: "object" as const,
  progress: { verb: "wait" as const, object: "Deployment/web", namespace: "shop", detail },
});
const created = {
  type: "object" as const,
  progress: { verb: "create" as const, object: "Service/web", namespace: "shop", detail: "" },
};

Deno.test("progressOn() writes nothing into a pipe, warnings excepted", () => {
  const print = memoryPrinter();
  const { report, end } = progressOn(print, false);
  report(created);
  report({ type: "log", text: "info: something" });
  report({ type: "warning", text: "careful" });
  end();
  equal(print.stderr, "WARNING: careful\n");
  equal(print.stdout, "");
});

// Pins install-debug.
Deno.test("progressOn() writes plain lines into a pipe with --debug, a wait once until it changes", () => {
  const print = memoryPrinter();
  const { report } = progressOn(print, true);
  report(created);
  report(waiting("0 of 2 ready"));
  report(waiting("0 of 2 ready"));
  report(waiting("1 of 2 ready"));
  report({ type: "hook", event: "pre-install", name: "migrate", phase: "done" });
  equal(
    print.stderr,
    "Service/web created in shop\n" +
      "waiting for Deployment/web in shop: 0 of 2 ready\n" +
      "waiting for Deployment/web in shop: 1 of 2 ready\n" +
      "hook pre-install migrate done\n",
  );
});

Deno.test("progressOn() rewrites a wait's line on a terminal and takes it away in the end", () => {
  const print = memoryPrinter({ watched: true });
  const { report, end } = progressOn(print, false);
  report(waiting("0 of 2 ready"));
  report(waiting("1 of 2 ready"));
  end();
  equal(
    print.stderr,
    "waiting for Deployment/web: 0 of 2 ready\r\u001b[K" +
      "waiting for Deployment/web: 1 of 2 ready\r\u001b[K",
  );
});

Deno.test("progressOn() shows all that is waited for on one row, and what has become ready above it", () => {
  const print = memoryPrinter({ watched: true, columns: 60 });
  const { report, end } = progressOn(print, false);
  const about = (verb: "wait" | "ready", object: string, detail = "") =>
    report({ type: "object", progress: { verb, object, namespace: "shop", detail } });
  about("wait", "Deployment/web", "0 of 2 ready");
  about("wait", "StatefulSet/database", "0 of 1 ready");
  about("ready", "Deployment/web");
  end();
  equal(
    print.stderr,
    "waiting for Deployment/web: 0 of 2 ready\r\u001b[K" +
      "waiting for 2 objects: Deployment/web: 0 of 2 ready; State…\r\u001b[K" +
      "Deployment/web is ready in shop\n" +
      "waiting for StatefulSet/database: 0 of 1 ready\r\u001b[K",
  );
});

Deno.test("progressOn() colours only where colours are welcome", () => {
  const print = memoryPrinter({ watched: true, colour: true });
  progressOn(print, false).report(created);
  equal(print.stderr, "\u001b[2mService/web created in shop\u001b[0m\n");
});

Deno.test("progressOn() keeps a wait on one row whatever the server says", () => {
  const print = memoryPrinter({ watched: true, columns: 60 });
  const { report, end } = progressOn(print, false);
  report(waiting("\u001b[2Jfirst\nsecond\r\nthird, and more than fits into the row"));
  end();
  equal(print.stderr, "waiting for Deployment/web: \\x1b[2Jfirst second third, and…\r\u001b[K");
});
