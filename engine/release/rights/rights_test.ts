import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { chartFromFiles } from "../../chart/load/mod.ts";
import { createKubeClient, type KubeRequest, type Right } from "../../kube/mod.ts";
import type { Chart, KubeObject } from "../../model/mod.ts";
import { openSandbox } from "../../sandbox/mod.ts";
import { configMapDriver } from "../../../storage/mod.ts";
import { objectCallOf } from "../../../tests/_lib/object_call.ts";
import { limited, rightOf, withoutEachRule } from "../../../tests/_lib/rbac.ts";
import type { Environment, ReleaseEvent } from "../environment.ts";
import { install, rightsFor, rolesOf, rollback, runTests, uninstall, upgrade } from "../operations.ts";
import { rightKey } from "./needs.ts";
import type { RightsPurpose } from "./rights_for.ts";

const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {ports: [{port: {{ .Values.port }}}], selector: {app: {{ .Release.Name }}}}
`;
const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-more"}
`;
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: 1
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: {containers: [{name: web, image: "web:{{ .Values.port }}"}]}
`;
const job = (name: string, events: string, policy = "before-hook-creation,hook-succeeded"): string =>
  `apiVersion: batch/v1
kind: Job
metadata:
  name: "{{ .Release.Name }}-${name}"
  annotations: {helm.sh/hook: "${events}", helm.sh/hook-delete-policy: "${policy}"}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: job, image: job}]}}}
`;
const TEST_POD = `apiVersion: v1
kind: Pod
metadata: {name: "{{ .Release.Name }}-test", annotations: {helm.sh/hook: test-success}}
spec: {restartPolicy: Never, containers: [{name: test, image: test}]}
`;
const ROLES = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "{{ .Release.Name }}"}
rules: [{apiGroups: [""], resources: [nodes], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "{{ .Release.Name }}"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "{{ .Release.Name }}"}
subjects: [{kind: ServiceAccount, name: default, namespace: shop}]
`;

function chart(templates: Readonly<Record<string, string>>, version = "1.0.0"): Chart {
  const files = Object.fromEntries(Object.entries(templates).map(([file, text]) => [`templates/${file}.yaml`, text]));
  return chartFromFiles({ "Chart.yaml": `name: web\nversion: ${version}\n`, "values.yaml": "port: 80\n", ...files });
}

/** A sandbox, and environments whose user has some roles. */
interface Stage {
  readonly env: Environment;
  /** Returns an environment that is allowed what the roles allow. */
  readonly as: (roles: readonly KubeObject[], refused?: Right[]) => Environment;
  readonly requests: KubeRequest[];
  readonly events: ReleaseEvent[];
}

async function stage(): Promise<Stage> {
  const cluster = await openSandbox();
  const requests: KubeRequest[] = [];
  const events: ReleaseEvent[] = [];
  const environment = (transport: typeof cluster.transport): Environment => {
    const noted: typeof transport = (request) => {
      requests.push(request);
      return transport(request);
    };
    return {
      kube: createKubeClient({ ...cluster, transport: noted }, { waitIntervalMs: 1 }),
      driver: configMapDriver(objectCallOf(noted), "kube-system"),
      clock: () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 }),
      random: () => 0,
      report: (event) => events.push(event),
      historyMax: 0,
    };
  };
  const env = environment(cluster.transport);
  await cluster.transport({
    method: "POST",
    path: "/api/v1/namespaces",
    body: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }),
  });
  return { env, as: (roles, refused) => environment(limited(cluster.transport, roles, refused)), requests, events };
}

/** An operation with the state that it begins in. */
interface Case {
  readonly name: string;
  readonly before: (env: Environment) => Promise<unknown>;
  readonly purpose: RightsPurpose;
}

const given = { namespace: "shop", config: "{}\n" };
const installed = (env: Environment, templates: Record<string, string>) =>
  install(env, { chart: chart(templates), name: "web", ...given });
const later = { chart: chart({ service: SERVICE, job: job("up", "pre-upgrade") }, "2.0.0"), config: "port: 81\n" };

/** A chart whose Service the server refuses; its other objects are made before. */
const failing = chart({ more: CONFIG, service: SERVICE }, "1.5.0");
const failed = { chart: failing, config: "port: 70000\n" };

/** A release whose upgrade has failed, and left an object. */
async function failedUpgrade(env: Environment): Promise<void> {
  await installed(env, { deployment: DEPLOYMENT });
  await rejects(upgrade(env, { name: "web", ...failed }));
}

const CASES: readonly Case[] = [
  {
    name: "upgrade after a failed upgrade",
    before: failedUpgrade,
    purpose: { operation: "upgrade", options: { name: "web", ...later } },
  },
  {
    name: "rollback after a failed upgrade",
    before: failedUpgrade,
    purpose: { operation: "rollback", options: { name: "web", revision: 1 } },
  },
  {
    name: "delete --purge after a failed upgrade",
    before: failedUpgrade,
    purpose: { operation: "delete", options: { name: "web", purge: true } },
  },
  {
    name: "delete after a failed install",
    before: (env) => rejects(install(env, { name: "web", namespace: "shop", ...failed })),
    purpose: { operation: "delete", options: { name: "web" } },
  },
  {
    name: "install",
    before: () => Promise.resolve(),
    purpose: { operation: "install", options: { chart: chart({ service: SERVICE }), name: "web", ...given } },
  },
  {
    name: "install with hooks, and a wait",
    before: () => Promise.resolve(),
    purpose: {
      operation: "install",
      options: {
        chart: chart({ deployment: DEPLOYMENT, service: SERVICE, job: job("init", "pre-install") }),
        name: "web",
        wait: true,
        waitStrict: true,
        ...given,
      },
    },
  },
  {
    name: "install of cluster-scoped objects",
    before: () => Promise.resolve(),
    purpose: { operation: "install", options: { chart: chart({ roles: ROLES }), name: "web", ...given } },
  },
  {
    name: "upgrade that changes, creates, and deletes",
    before: (env) => installed(env, { deployment: DEPLOYMENT }),
    purpose: { operation: "upgrade", options: { name: "web", ...later } },
  },
  {
    name: "upgrade whose hook left its object",
    before: (env) =>
      installed(env, { service: SERVICE, job: job("up", "pre-install,pre-upgrade", "before-hook-creation") }),
    purpose: { operation: "upgrade", options: { name: "web", ...later } },
  },
  {
    name: "rollback",
    before: async (env) => {
      await installed(env, { deployment: DEPLOYMENT, service: SERVICE });
      await upgrade(env, { name: "web", ...later });
    },
    purpose: { operation: "rollback", options: { name: "web", revision: 1 } },
  },
  {
    name: "delete",
    before: (env) => installed(env, { deployment: DEPLOYMENT, service: SERVICE, job: job("end", "post-delete") }),
    purpose: { operation: "delete", options: { name: "web" } },
  },
  {
    name: "delete --purge",
    before: (env) => installed(env, { service: SERVICE }),
    purpose: { operation: "delete", options: { name: "web", purge: true } },
  },
  {
    name: "test --cleanup --logs",
    before: (env) => installed(env, { service: SERVICE, test: TEST_POD }),
    purpose: { operation: "test", options: { name: "web", cleanup: true, logs: true } },
  },
];

async function run(env: Environment, purpose: RightsPurpose): Promise<void> {
  switch (purpose.operation) {
    case "install":
      return void await install(env, purpose.options);
    case "upgrade":
      return void await upgrade(env, purpose.options);
    case "rollback":
      return void await rollback(env, purpose.options);
    case "delete":
      return void await uninstall(env, purpose.options);
    case "test": {
      const { failures } = await runTests(env, purpose.options);
      if (failures > 0) throw new Error("a test failed");
    }
  }
}

for (const { name, before, purpose } of CASES) {
  Deno.test(`rightsFor() of ${name} is enough, and nothing else is refused that matters`, async () => {
    const { env, as, events } = await stage();
    await before(env);
    const roles = await rolesOf(await rightsFor(env, purpose), { name: "least" });
    events.length = 0;
    const refused: Right[] = [];
    await run(as(roles, refused), purpose);
    deepEqual(events.filter(({ type }) => type === "warning"), []);
    // Objects that exist already are looked for, and other storage for the name: both are allowed to fail.
    deepEqual(refused.filter(({ verb }) => verb !== "get" && verb !== "list"), []);
  });

  Deno.test(`rightsFor() of ${name} has no rule without which it succeeds`, async () => {
    const first = await stage();
    await before(first.env);
    const roles = await rolesOf(await rightsFor(first.env, purpose), { name: "least" });
    for (const { rule, roles: fewer } of withoutEachRule(roles)) {
      const { env, as, events } = await stage();
      await before(env);
      events.length = 0;
      const outcome = await run(as(fewer), purpose).then(() => "done", () => "failed");
      const isTold = events.some(({ type }) => type === "warning") ||
        events.some((event) => event.type === "object" && ["warning", "wait-note"].includes(event.progress.verb));
      ok(outcome === "failed" || isTold || isGranted(rule.resources), `it succeeds without ${JSON.stringify(rule)}`);
    }
  });
}

/** True for rules that only a real server checks: the permissions in a chart's own roles. */
function isGranted(resources: readonly string[] | undefined): boolean {
  return resources?.includes("nodes") === true;
}

Deno.test("rightsFor() names every request of an operation that changes something", async () => {
  for (const { before, purpose } of CASES) {
    const { env, requests } = await stage();
    await before(env);
    const rights = await rightsFor(env, purpose);
    requests.length = 0;
    await run(env, purpose);
    const known = new Set(rights.flatMap((right) => [rightKey(right), rightKey({ ...right, name: undefined })]));
    const changes = requests.filter(({ method }) => method !== "GET").map(rightOf).filter((right) =>
      right !== undefined
    );
    const unknown = changes.filter((right) =>
      !known.has(rightKey(right)) && !known.has(rightKey({ ...right, name: undefined }))
    );
    deepEqual(unknown, []);
  }
});

Deno.test("rightsFor() a release covers its upgrade, rollback and deletion", async () => {
  const { env } = await stage();
  await installed(env, { deployment: DEPLOYMENT, service: SERVICE, job: job("up", "pre-upgrade,post-delete") });
  await upgrade(env, { name: "web", chart: chart({ deployment: DEPLOYMENT, service: SERVICE }), config: "port: 81\n" });
  const all = new Set((await rightsFor(env, { operation: "release", options: { name: "web" } })).map(rightKey));
  for (
    const purpose of [
      { operation: "rollback", options: { name: "web", revision: 2 } },
      { operation: "delete", options: { name: "web", purge: true } },
    ] as const
  ) {
    deepEqual((await rightsFor(env, purpose)).filter((right) => !all.has(rightKey(right))), []);
  }
});

Deno.test("rightsFor() a release whose upgrade failed covers the objects of its DEPLOYED revision, too", async () => {
  const { env } = await stage();
  await failedUpgrade(env);
  const all = new Set((await rightsFor(env, { operation: "release", options: { name: "web" } })).map(rightKey));
  for (
    const purpose of [
      { operation: "upgrade", options: { name: "web", chart: chart({ service: SERVICE }), config: "port: 81\n" } },
      { operation: "rollback", options: { name: "web", revision: 1 } },
      { operation: "delete", options: { name: "web", purge: true } },
    ] as const
  ) {
    deepEqual((await rightsFor(env, purpose)).filter((right) => !all.has(rightKey(right))), [], purpose.operation);
  }
});

Deno.test("rightsFor() records knows the driver's kind and namespace", async () => {
  const { env } = await stage();
  const rights = await rightsFor(env, { operation: "records" });
  equal(
    rights.map(({ verb, resource, namespace }) => `${verb} ${resource} ${namespace}`).join(", "),
    "get configmaps kube-system, list configmaps kube-system, create configmaps kube-system, " +
      "update configmaps kube-system, delete configmaps kube-system",
  );
});
