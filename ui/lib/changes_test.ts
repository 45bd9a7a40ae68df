import { deepEqual, equal } from "node:assert/strict";
import { changeRows, changeSummary, pathText, valueLines } from "./changes.js";
import type { ChangeReport, ObjectChange } from "../../engine/kube/explain/mod.ts";

const WIDE = { columns: 0, chipsBelow: false };

/** A comparison of two revisions of `web` in `shop`. */
function report(objects: readonly ObjectChange[], more: Partial<ChangeReport> = {}): ChangeReport {
  return {
    schema: 1,
    operation: "revision",
    release: { name: "web", namespace: "shop", from: 4, to: 5 },
    objects,
    hooks: [],
    risks: [],
    summary: {},
    ...more,
  };
}

const DEPLOYMENT: ObjectChange = {
  id: { group: "apps", kind: "Deployment", namespace: "shop", name: "web" },
  action: "update",
  predicted: "record",
  restarts: 3,
  changes: [{
    path: "/spec/template/spec/containers/[name=nginx]/image",
    before: "nginx:1.27.2",
    after: "nginx:1.27.3",
    cause: ["values"],
    origin: [{ template: "templates/web.yaml", line: 21, values: ["image.tag"] }],
  }],
};

Deno.test("changeRows() shows an object, its field with the reason, and both values", () => {
  deepEqual(changeRows(report([DEPLOYMENT]), WIDE), [
    { kind: "object", object: DEPLOYMENT, name: "Deployment/web", sign: "~", note: "restart, 3 pods" },
    {
      kind: "field",
      path: "spec.template.spec.containers[nginx].image",
      chips: [{ cause: "values", text: "values image.tag" }],
    },
    { kind: "value", sign: "−", text: "nginx:1.27.2" },
    { kind: "value", sign: "+", text: "nginx:1.27.3" },
  ]);
});

Deno.test("changeRows() gives reasons a row of their own where there is no room", () => {
  const rows = changeRows(report([DEPLOYMENT]), { columns: 0, chipsBelow: true });
  deepEqual(rows.slice(1, 3), [
    { kind: "field", path: "spec.template.spec.containers[nginx].image", chips: [] },
    { kind: "chips", chips: [{ cause: "values", text: "values image.tag" }] },
  ]);
});

Deno.test("changeRows() puts risks first, and hooks last", () => {
  const risk = { code: "restart", level: "note", object: "Deployment/web", text: "3 pods" } as const;
  const hooks = [{
    event: "pre-upgrade",
    kind: "Job",
    name: "migrate",
    weight: -5,
    policies: ["before-hook-creation"],
  }];
  const rows = changeRows(report([DEPLOYMENT], { risks: [risk], hooks }), WIDE);
  deepEqual(rows.slice(0, 2), [{ kind: "risk", risk, text: "Deployment/web: 3 pods" }, { kind: "gap" }]);
  deepEqual(rows.at(-1), { kind: "hook", event: "pre-upgrade", name: "Job/migrate", note: "weight -5, replaced" });
});

Deno.test("changeRows() breaks the sentence of a risk, and a long value, at the columns of the window", () => {
  const risk = {
    code: "restart",
    level: "note",
    object: "Deployment/web",
    text: "3 pods, at most 1 missing at a time",
  } as const;
  const rows = changeRows(report([DEPLOYMENT], { risks: [risk] }), { columns: 40, chipsBelow: false });
  deepEqual(rows.flatMap((row) => row.kind === "risk" ? [row.text] : []), [
    "Deployment/web: 3 pods,",
    "at most 1 missing at a time",
  ]);
  const long = { ...risk, object: "StatefulSet/web-database-with-a-long-name" };
  deepEqual(
    changeRows(report([], { risks: [long] }), { columns: 40, chipsBelow: false }).flatMap((row) =>
      row.kind === "risk" ? [row.text] : []
    ),
    ["", "StatefulSet/web-database-with-a-long-name:", "3 pods, at most 1 missing at a time"],
  );
  const narrow = changeRows(report([DEPLOYMENT]), { columns: 8, chipsBelow: false });
  deepEqual(
    changeRows(report([DEPLOYMENT]), { columns: 24, chipsBelow: true }).flatMap((row) =>
      row.kind === "field" ? [row.path] : []
    ),
    ["spec.template.spec", ".containers[nginx].image"],
  );
  deepEqual(narrow.flatMap((row) => row.kind === "value" && row.sign === "+" ? [row.text, row.isRest] : []), [
    "nginx:1.",
    undefined,
    "27.3",
    true,
  ]);
});

Deno.test("changeRows() leaves out what two long texts have in common", () => {
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`);
  const before = lines.join("\n");
  const after = before.replace("line 9\n", "line nine\n");
  const [, , ...rows] = changeRows(
    report([{ ...DEPLOYMENT, changes: [{ path: "/data/text", before, after, cause: [] }] }]),
    WIDE,
  );
  deepEqual(rows.flatMap((row) => row.kind === "value" ? [`${row.sign} ${row.text}`] : []), [
    "  …",
    "  line 6",
    "  line 7",
    "  line 8",
    "− line 9",
    "+ line nine",
    "  line 10",
    "  line 11",
    "  line 12",
    "  …",
  ]);
});

Deno.test("changeRows() says what drifted and what the chart says", () => {
  const drifted: ObjectChange = {
    ...DEPLOYMENT,
    changes: [{
      path: "/spec/replicas",
      before: 2,
      after: 7,
      wanted: 2,
      cause: ["drift-stays"],
      manager: "kubectl-edit",
    }],
  };
  deepEqual(changeRows(report([drifted], { operation: "upgrade" }), WIDE).slice(1, 4), [
    { kind: "field", path: "spec.replicas", chips: [{ cause: "drift-stays", text: "drift, stays (kubectl-edit)" }] },
    { kind: "value", sign: "!", text: "7" },
    { kind: "value", sign: "!", text: "the chart says 2" },
  ]);
});

Deno.test("pathText() writes a pointer as people do", () => {
  equal(pathText("/metadata/annotations/example.com~1name"), "metadata.annotations[example.com/name]");
  equal(pathText("/spec/ports/0/port"), "spec.ports[0].port");
  equal(pathText("/spec/rules/[host=a.example]/http"), "spec.rules[a.example].http");
});

Deno.test("valueLines() writes values as YAML", () => {
  deepEqual(valueLines({ service: { name: "web", port: { number: 80 } } }), [
    "service:",
    "  name: web",
    "  port:",
    "    number: 80",
  ]);
  deepEqual(valueLines([{ name: "A", value: "1" }]), ["- name: A", '  value: "1"']);
  deepEqual(valueLines({ args: ["-v", "x"], none: {}, text: "a\nb" }), [
    "args:",
    "- -v",
    "- x",
    "none: {}",
    "text: |",
    "  a",
    "  b",
  ]);
  deepEqual(valueLines("true"), ['"true"']);
  deepEqual(valueLines(undefined), []);
});

Deno.test("changeSummary() counts objects in the words of the command", () => {
  equal(changeSummary(report([DEPLOYMENT], { summary: { unchanged: 5 } })), "1 object differs, 5 stay the same.");
  equal(changeSummary(report([], { summary: { unchanged: 6 } })), "No differences: 6 objects are the same.");
  equal(
    changeSummary(report([], { operation: "live", summary: { objects: 6 } })),
    "No drift: all 6 objects are as the record says.",
  );
  equal(
    changeSummary(report([DEPLOYMENT], { operation: "rollback", summary: { changed: 1, deleted: 2, hooks: 2 } })),
    "1 object changes, 2 are deleted, 2 hooks run.",
  );
});
