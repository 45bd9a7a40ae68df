import { deepEqual, match } from "node:assert/strict";
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

/** An object that is there and changes; `spec` afterwards, `was` before. */
const changed = (
  kind: string,
  spec: object,
  more: Partial<RiskSubject["change"]> = {},
  was: object = spec,
): RiskSubject => {
  const one = subject(kind, "web", "update");
  return {
    change: { ...one.change, ...more },
    live: { ...one.live, spec: was } as KubeObject,
    result: { ...one.live, spec } as KubeObject,
    target: { ...one.live, spec } as KubeObject,
  };
};
const going = (kind: string, live: object, action: Action = "delete"): RiskSubject => {
  const one = subject(kind, "web", action);
  return { ...one, live: { ...one.live, ...live } as KubeObject };
};
const POD = (use: object) => ({ template: { spec: { containers: [{ name: "a", ...use }] } } });
const RESTART = { restarts: 1 };

Deno.test("findRisks() has each risk of an object's change, with its level and sentence", () => {
  const cases: readonly [code: string, level: string, text: RegExp, RiskSubject, Parameters<typeof findRisks>[1]?][] = [
    [
      "restart",
      "note",
      /^3 pods are replaced, at most 1 missing/,
      changed("Deployment", { strategy: { rollingUpdate: { maxUnavailable: 1 } } }, { restarts: 3 }),
    ],
    ["downtime", "warn", /^strategy Recreate/, changed("Deployment", { strategy: { type: "Recreate" } }, RESTART)],
    ["downtime", "warn", /^its one pod ends before/, changed("StatefulSet", {}, RESTART)],
    [
      "downtime",
      "warn",
      /^its one pod may be missing/,
      changed("Deployment", { replicas: 1, strategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } } }, RESTART),
    ],
    [
      "downtime",
      "warn",
      /uses a port of its node/,
      changed("DaemonSet", { replicas: 2, ...POD({ ports: [{ hostPort: 80 }] }) }, RESTART),
    ],
    ["downtime", "warn", /^it is scaled from 2 to 0$/, changed("Deployment", { replicas: 0 }, {}, { replicas: 2 })],
    ["recreate", "danger", /--force deletes it/, going("Service", {}, "recreate")],
    ["refused", "danger", /^quota exceeded\. As it stands: this patch fails, nothing is deleted/, {
      ...changed("Pod", {}),
      refusal: "quota exceeded.",
    }],
    ["immutable", "danger", /field is immutable/, {
      ...changed("Job", {}),
      refusal: 'Job.batch "web" is invalid: field is immutable',
    }],
    [
      "data",
      "danger",
      /^bound to pv-1, reclaim policy Delete: 5Gi would be destroyed$/,
      going("PersistentVolumeClaim", { spec: { volumeName: "pv-1", resources: { requests: { storage: "5Gi" } } } }),
      { reclaimPolicies: { "pv-1": "Delete" } },
    ],
    [
      "data",
      "danger",
      /reclaim policy Retain: the volume stays/,
      going("PersistentVolumeClaim", { spec: { volumeName: "pv-1" } }),
      { reclaimPolicies: { "pv-1": "Retain" } },
    ],
    ["data", "note", /bound to no volume/, going("PersistentVolumeClaim", { spec: {} })],
    [
      "data",
      "danger",
      /the volume goes, reclaim policy Retain/,
      going("PersistentVolume", { spec: { persistentVolumeReclaimPolicy: "Retain" } }),
    ],
    [
      "data",
      "warn",
      /its claims stay and belong to nothing: data-web-0, data-web-1$/,
      going("StatefulSet", { spec: { replicas: 2, volumeClaimTemplates: [{ metadata: { name: "data" } }] } }),
    ],
    [
      "address",
      "danger",
      /^203\.0\.113\.7 would be given back$/,
      going("Service", {
        spec: { type: "LoadBalancer" },
        status: { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } },
      }),
    ],
    [
      "address",
      "danger",
      /its address would be given back/,
      changed("Service", { type: "ClusterIP" }, {}, { type: "LoadBalancer" }),
    ],
    [
      "address",
      "warn",
      /cluster address or node port changes/,
      changed("Service", {}, {
        changes: [{ path: "/spec/ports/[port=80]/nodePort", before: 30001, after: 30002, cause: ["values"] }],
      }),
    ],
    ["namespace", "danger", /^it goes with 7 objects inside$/, going("Namespace", {}), { counts: { web: 7 } }],
    ["crd", "danger", /^it goes with an unknown number of objects/, going("CustomResourceDefinition", {}), {
      counts: { web: -1 },
    }],
    [
      "hpa-reset",
      "warn",
      /^spec\.replicas 7 -> 2 undoes HorizontalPodAutoscaler\/scaler/,
      changed("Deployment", { replicas: 2 }, {}, { replicas: 7 }),
      {
        autoscalers: [
          {
            metadata: { name: "scaler", namespace: "shop" },
            spec: { scaleTargetRef: { kind: "Deployment", name: "web" } },
          } as KubeObject,
        ],
      },
    ],
    ["kept", "note", /resource policy keeps it/, going("ConfigMap", {}, "keep")],
    [
      "random",
      "warn",
      /each render gives another value/,
      changed("ConfigMap", {}, { changes: [{ path: "/data/a", cause: ["render"] }] }),
    ],
  ];
  for (const [code, level, text, one, facts] of cases) {
    const found = findRisks([one], facts).filter((risk) => risk.code === code && text.test(risk.text));
    deepEqual(found.map((risk) => risk.level), [level], `${code} ${text}: ${JSON.stringify(findRisks([one], facts))}`);
  }
});

Deno.test("findRisks() notes a configuration that changes while the pods that use it stay", () => {
  const settings = subject("ConfigMap", "settings", "update");
  const user = changed("Deployment", POD({ envFrom: [{ configMapRef: { name: "settings" } }] }));
  const [risk] = findRisks([settings, user]);
  deepEqual([risk?.code, risk?.object], ["no-restart", "ConfigMap/settings"]);
  match(risk?.text ?? "", /^Deployment\/web uses it, and its pods are not restarted$/);
  deepEqual(findRisks([settings, { ...user, change: { ...user.change, restarts: 2 } }]).map(({ code }) => code), [
    "restart",
  ]);
});

Deno.test("findRisks() puts dangers first and notes last", () => {
  const subjects = [
    going("ConfigMap", {}, "keep"),
    going("StatefulSet", { spec: { volumeClaimTemplates: [{ metadata: { name: "d" } }] } }),
    going("Namespace", {}),
  ];
  deepEqual(findRisks(subjects).map(({ level }) => level), ["danger", "warn", "note"]);
});
