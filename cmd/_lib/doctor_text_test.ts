import { deepEqual, equal, ok } from "node:assert/strict";
import type { DoctorReport, Finding } from "../../engine/release/mod.ts";
import { printReport } from "./doctor_text.ts";
import { memoryPrinter } from "./print.ts";

const FINDING: Finding = {
  id: "R5",
  name: "never-deployed",
  severity: "broken",
  title: "no revision was ever DEPLOYED, and the newest one, which is revision 1, is FAILED",
  release: "web",
  revision: null,
  storage: "configmap",
  namespace: "kube-system",
  evidence: [{ source: "record web.v1", text: "FAILED, written 21h ago: the upgrade was refused by the API server" }],
  consequence: "an upgrade is refused: the release has no deployed releases",
  repairs: [
    {
      command: "skeg repair promote web --storage configmap --tiller-namespace operations",
      effect: "makes it DEPLOYED",
    },
    { command: "skeg delete --purge web", effect: "deletes the records" },
  ],
  noRepair: "",
};

const REPORT: DoctorReport = {
  schema: 1,
  server: "sandbox",
  time: "2026-01-31T12:00:00Z",
  deep: false,
  places: [],
  releases: 1,
  findings: [FINDING],
  unseen: [],
  result: "broken",
};

const printed = (options: { terminal: boolean; columns: number }): string[] => {
  const print = memoryPrinter(options);
  printReport(REPORT, "table", { typeable: (text) => text }, print);
  return print.stdout.split("\n");
};

Deno.test("printReport() breaks lines between words on a terminal, and leaves commands whole", () => {
  deepEqual(printed({ terminal: true, columns: 72 }), [
    "web: broken (R5): no revision was ever DEPLOYED, and the newest one,",
    "  which is revision 1, is FAILED",
    "  record web.v1: FAILED, written 21h ago: the upgrade was refused by",
    "    the API server",
    "  Consequence: an upgrade is refused: the release has no deployed",
    "    releases",
    "  Repair: skeg repair promote web --storage configmap --tiller-namespace operations",
    "    (makes it DEPLOYED)",
    "  Or: skeg delete --purge web  (deletes the records)",
    "",
    "1 release examined: 1 broken",
    "",
  ]);
});

Deno.test("printReport() has one line for each thing in a pipe, and on terminals too narrow for words", () => {
  const lines = printed({ terminal: false, columns: 72 });
  equal(lines.length, 8);
  ok(lines[3]?.endsWith("--tiller-namespace operations  (makes it DEPLOYED)"));
  deepEqual(printed({ terminal: true, columns: 40 }).filter((line) => line.includes("--tiller-namespace")), [
    "  Repair: skeg repair promote web --storage configmap --tiller-namespace operations",
  ]);
});
