import { equal, ok } from "node:assert/strict";
import type { KubeProgress } from "../../engine/kube/mod.ts";
import { memoryPrinter } from "./print.ts";
import { treeProgress, treeRows } from "./progress_tree.ts";
import { WaitBoard } from "./wait_board.ts";

const progress = (given: Partial<KubeProgress> & { readonly verb: KubeProgress["verb"] }): KubeProgress => ({
  object: "Deployment/web",
  namespace: "shop",
  detail: "",
  ...given,
});

const POD = { ready: false, reason: "CrashLoopBackOff", message: "", restarts: 4, exitCode: 1, container: "web" };
const WEB = progress({
  verb: "wait",
  detail: "1 of 3 pods are of its new version",
  state: "progress",
  pods: [
    { ...POD, name: "web-5c9f4d7b8-t5ltf", lines: ["12:00:41 reading /etc/web/site.conf", "12:00:41 error: unknown"] },
    { ...POD, name: "web-76d66886f-kxgsr", ready: true, reason: "ready" },
  ],
});

function board(more: readonly KubeProgress[] = []): WaitBoard {
  const made = new WaitBoard();
  made.take(progress({ verb: "wait-start", object: "", total: 6, timeoutSeconds: 300 }), 0);
  for (const each of [WEB, ...more]) made.take(each, 0);
  return made;
}

const texts = (made: WaitBoard, columns: number, rows: number): string[] =>
  treeRows(made, 38, { columns, rows }).map(({ text }) => text);

Deno.test("treeRows() shows each object with its pods and their last lines", () => {
  equal(
    texts(board([progress({ verb: "wait", object: "Ingress/web", detail: "no address yet" })]), 79, 23).join("\n"),
    `waiting in shop: 4 of 6 ready, 38 s of 5 m
  .. Deployment/web  1 of 3 pods are of its new version
     |- web-5c9f4d7b8-t5ltf  CrashLoopBackOff, 4 restarts, exit code 1
     |  | 12:00:41 reading /etc/web/site.conf
     |  | 12:00:41 error: unknown
     \`- web-76d66886f-kxgsr  ready
  .. Ingress/web  no address yet`,
  );
});

Deno.test("treeRows() fits a small terminal, and counts what it leaves out", () => {
  const more = Array.from(
    { length: 30 },
    (_, index) => progress({ verb: "wait", object: `Deployment/other-${index}`, detail: "0 of 1 pods are available" }),
  );
  for (const [columns, rows] of [[79, 23], [39, 9]] as const) {
    const shown = texts(board(more), columns, rows);
    ok(shown.length <= rows, `${shown.length} rows of ${rows}`);
    ok(shown.every((text) => text.length <= columns), shown.join("\n"));
    const listed = shown.filter((text) => text.startsWith("  ..")).length;
    equal(shown.at(-1), `… and ${31 - listed} more`);
  }
});

Deno.test("treeProgress() rewrites the tree, and lets what is ready scroll away above it", () => {
  const print = memoryPrinter({ watched: true, columns: 60 });
  const { report, end } = treeProgress(print, false);
  const tell = (given: KubeProgress) => report({ type: "object", progress: given });
  tell(progress({ verb: "wait", detail: "0 of 2 pods are ready" }));
  tell(progress({ verb: "ready" }));
  end();
  equal(
    print.stderr,
    "waiting: 0 s\n  .. Deployment/web  0 of 2 pods are ready" +
      "\r\u001b[1A\u001b[JDeployment/web is ready\n",
  );
});

Deno.test("treeProgress() leaves its last state on the screen when a signal ends the command", () => {
  const print = memoryPrinter({ watched: true, columns: 60 });
  const { report, end } = treeProgress(print, false);
  report({ type: "object", progress: progress({ verb: "wait", detail: "0 of 2 pods are ready" }) });
  end({ error: new Error("interrupted"), isStopped: true });
  ok(print.stderr.endsWith("waiting: 0 s\n  .. Deployment/web  0 of 2 pods are ready\n"));
});

Deno.test("treeProgress() spells out control characters of other sources", () => {
  const print = memoryPrinter({ watched: true, columns: 60 });
  const { report, end } = treeProgress(print, false);
  report({ type: "object", progress: progress({ verb: "wait", detail: "\u001b[2Jfirst\nsecond\r\nthird" }) });
  end();
  ok(print.stderr.includes("  .. Deployment/web  \\x1b[2Jfirst second third"), print.stderr);
});
