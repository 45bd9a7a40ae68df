/** The verdicts of `objectState` beside those of kstatus, which Helm 4 waits by. */
import { deepEqual, equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type KubeObject, objectState } from "../../mod.ts";

interface Case {
  readonly group: string;
  readonly id: string;
  readonly object: KubeObject;
  readonly status?: string;
  readonly error?: string;
}

const FILE = new URL("../../testdata/readiness/kstatus_cases.jsonl", import.meta.url);
const CASES: readonly Case[] = readFileSync(FILE, "utf8").split("\n").filter((line) => line !== "")
  .map((line) => JSON.parse(line));

const STATES: Readonly<Record<string, string>> = {
  Current: "ready",
  InProgress: "progress",
  Failed: "failed",
  Terminating: "deleting",
};

/** Where we differ on purpose: the kind, kstatus' verdict and ours, how often, and why. */
const DIFFERENCES: readonly [difference: string, count: number, why: string][] = [
  ["ReplicaSet InProgress → failed", 21, "a set whose pods are refused does not get well by itself"],
  ["StatefulSet Current → progress", 2, "with OnDelete, too, its pods must be ready"],
  ["DaemonSet InProgress → ready", 1, "with OnDelete, old pods are what the user wants"],
  ["Job Current → progress", 7, "a Job is ready when it has completed, not when it has started"],
  ["Job InProgress → ready", 3, "a suspended Job does not start by itself"],
  ["Pod Current → failed", 16, "a pod that has failed is not ready"],
  ["Pod Failed → progress", 8, "a crash or a full node may pass: `--fail-fast` decides after a grace"],
  ["Pod InProgress → ready", 7, "the condition Ready decides, whatever the phase"],
  ["PersistentVolume Current → progress", 4, "a volume without a phase is not available yet"],
  ["Service Current → progress", 11, "no cluster IP, or a load balancer without an address"],
  ["Other Current → progress", 29, "kinds without a rule in kstatus: ReplicationController, Ingress …"],
  ["Other InProgress → ready", 4, "a namespace is judged by its phase"],
  ["CustomResource Current → progress", 12, "other conditions than Ready count, too"],
  ["CustomResource Current → failed", 2, "the phase says Failed"],
  ["CustomResource InProgress → ready", 1, "a generation that is ahead of the object was seen"],
];

Deno.test("objectState() agrees with kstatus, but for differences on purpose", () => {
  const found = new Map<string, number>();
  for (const { group, object, status, error } of CASES) {
    if (error !== undefined) continue;
    const { state } = objectState(object);
    if (state === STATES[status ?? ""]) continue;
    const key = `${group} ${status} → ${state}`;
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  deepEqual(
    [...found].sort(([a], [b]) => a < b ? -1 : 1),
    DIFFERENCES.map(([difference, count]) => [difference, count]).sort(([a = ""], [b = ""]) => a < b ? -1 : 1),
  );
});

Deno.test("objectState() has words for everything that is not ready", () => {
  for (const { id, object } of CASES) {
    const { state, reason } = objectState(object);
    equal(state === "ready" || reason !== "", true, id);
  }
});

Deno.test("objectState() is not changed by fields that it does not know", () => {
  for (const { id, object } of CASES) {
    const more = withUnknown(object) as KubeObject;
    deepEqual(objectState(more), objectState(object), id);
  }
});

/** Adds a field to the object, its metadata, spec, status and conditions. */
function withUnknown(object: KubeObject): unknown {
  const unknown = { xNew: { deep: [1, "two"] } };
  const status = object.status as { conditions?: object[] } | undefined;
  return {
    ...object,
    ...unknown,
    metadata: { ...object.metadata, ...unknown },
    spec: { ...object.spec as object, ...unknown },
    // An empty status has a meaning of its own.
    ...status === undefined || Object.keys(status).length === 0 ? {} : {
      status: {
        ...status,
        ...unknown,
        ...status.conditions === undefined
          ? {}
          : { conditions: status.conditions.map((condition) => ({ ...condition, ...unknown })) },
      },
    },
  };
}

Deno.test("objectState() does not fail on values of other types", () => {
  for (const { id, object } of CASES) {
    for (const odd of [null, "text", 7, [], true]) {
      for (const field of ["status", "spec"]) {
        const { state } = objectState({ ...object, [field]: odd } as KubeObject);
        equal(typeof state, "string", `${id} ${field}`);
      }
      objectState({ ...object, status: { conditions: odd, observedGeneration: odd, replicas: odd } });
    }
  }
});
