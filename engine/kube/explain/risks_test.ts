import { deepEqual } from "node:assert/strict";
import type { KubeObject } from "../mod.ts";
import { findRisks, type RiskSubject } from "./risks.ts";
import type { Action } from "./types.ts";

const subject = (kind: string, name: string, action: Action): RiskSubject => ({
  change: { id: { group: "", kind, namespace: "shop", name }, action, predicted: "server", changes: [] },
  live: { apiVersion: "v1", kind, metadata: { name, namespace: "shop", uid: `uid-${name}` } },
});

/** An object that another one owns. */
const owned = (kind: string, name: string, owner?: string): KubeObject => ({
  apiVersion: "v1",
  kind,
  metadata: {
    name,
    namespace: "shop",
    uid: `uid-${name}`,
    ...owner === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: "v1", kind: "X", name: owner, uid: `uid-${owner}` }] },
  },
  ...kind === "Pod" ? { spec: { volumes: [{ configMap: { name: "settings" } }] } } : {},
});

const inUse = (subjects: readonly RiskSubject[], pods: readonly KubeObject[], owners: readonly KubeObject[] = []) =>
  findRisks(subjects, { pods, owners }).filter(({ code }) => code === "in-use").map(({ text }) => text);

Deno.test("findRisks() counts no pod whose owner goes with the same plan", () => {
  const settings = subject("ConfigMap", "settings", "delete");
  const replicas = owned("ReplicaSet", "web-5d", "web");
  const pods = [owned("Pod", "web-5d-a", "web-5d"), owned("Pod", "db-0", "db"), owned("Pod", "once")];
  const all = (action: Action) => [
    settings,
    subject("Deployment", "web", action),
    subject("StatefulSet", "db", action),
    subject("Pod", "once", action),
  ];
  deepEqual(inUse(all("delete"), pods, [replicas]), []);
  deepEqual(inUse(all("none"), pods, [replicas]), ["Pod/web-5d-a and 2 more still use it"]);
  deepEqual(inUse(all("delete"), [...pods, owned("Pod", "other")], [replicas]), ["Pod/other still uses it"]);
});

Deno.test("findRisks() ends at owners that own each other", () => {
  const pods = [owned("Pod", "p", "a")];
  const owners = [owned("ReplicaSet", "a", "b"), owned("ReplicaSet", "b", "a")];
  deepEqual(inUse([subject("ConfigMap", "settings", "delete")], pods, owners), ["Pod/p still uses it"]);
});
