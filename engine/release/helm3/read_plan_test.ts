import { deepEqual, throws } from "node:assert/strict";
import { readMigrationPlan } from "./read_plan.ts";

const RELEASE = {
  release: "web",
  namespace: "shop",
  chart: "web-1.0.0",
  digest: "d",
  migrated: false,
  notes: ["a note"],
  blockers: [{ code: "pending", text: "web.v1 is PENDING_INSTALL", hint: "" }],
  adoption: [{
    object: { apiVersion: "v1", kind: "Service", namespace: "shop", name: "web" },
    uid: "u",
    add: [],
    note: "",
  }],
  revisions: [{ key: "web.v1", target: "t", status: "deployed", sizeBytes: 1, mapped: [], notes: [], slimmed: [] }],
};
const PLAN = {
  migrationPlan: 1,
  cluster: { uid: "u", server: "" },
  storage: { kind: "ConfigMap", namespace: "kube-system" },
  choices: { to: "secret" },
  releases: [RELEASE],
};

Deno.test("readMigrationPlan() takes a plan, and refuses a newer format", () => {
  deepEqual(readMigrationPlan(JSON.stringify(PLAN), "plan.json"), PLAN as unknown);
  throws(() => readMigrationPlan(JSON.stringify({ ...PLAN, migrationPlan: 2 }), "plan.json"), {
    kind: "io",
    message: "plan.json has format version 2; this program reads 1",
  });
});

Deno.test("readMigrationPlan() refuses a plan that lacks a field, and says how to make a new one", () => {
  const broken: unknown[] = [
    null,
    [],
    1,
    { ...PLAN, choices: null },
    { ...PLAN, choices: { to: "etcd" } },
    { ...PLAN, cluster: {} },
    { ...PLAN, releases: {} },
    ...Object.keys(RELEASE).filter((key) => key !== "migrated").map((key) => ({
      ...PLAN,
      releases: [{ ...RELEASE, [key]: undefined }],
    })),
    { ...PLAN, releases: [{ ...RELEASE, blockers: [{}] }] },
    { ...PLAN, releases: [{ ...RELEASE, revisions: [{ key: "web.v1" }] }] },
    { ...PLAN, releases: [{ ...RELEASE, adoption: [{ note: "" }] }] },
    { ...PLAN, releases: [{ ...RELEASE, notes: [1] }] },
  ];
  for (const plan of broken) {
    throws(() => readMigrationPlan(JSON.stringify(plan), "plan.json"), {
      kind: "io",
      message: "plan.json is not the plan of a migration, or it was changed by hand",
      hint: /skeg migrate helm3 --all --plan-out FILE/,
    }, JSON.stringify(plan));
  }
});
