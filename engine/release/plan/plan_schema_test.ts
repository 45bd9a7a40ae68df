/** Reports of plans and comparisons fit the schema that the documents name. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { Validator } from "npm:@cfworker/json-schema@4.1.6";
import fc from "fast-check";
import { memoryDriver } from "../../../storage/mod.ts";
import { encodeJson, encodeYaml } from "../../lang/yaml/mod.ts";
import type { Chart } from "../../model/mod.ts";
import { createKubeClient } from "../../kube/mod.ts";
import { createMasker } from "../../kube/explain/mod.ts";
import { openSandbox } from "../../sandbox/mod.ts";
import type { Environment } from "../environment.ts";
import { diffLive, diffRevisions, install, planOperation, rollback, upgrade } from "../operations.ts";
import type { PlannedOperation } from "./decide.ts";

const SCHEMA = JSON.parse(Deno.readTextFileSync(new URL("../../../docs/plan.schema.json", import.meta.url)));

const names = fc.constantFrom("a", "b", "c");
const annotations = fc.constantFrom<Record<string, string>>(
  {},
  { "helm.sh/resource-policy": "keep" },
  { "helm.sh/hook": "pre-upgrade", "helm.sh/hook-weight": "-3" },
  { "helm.sh/hook": "post-install,post-rollback", "helm.sh/hook-delete-policy": "before-hook-creation" },
);
const configs = fc.record({ name: names, annotations, data: fc.dictionary(names, fc.constantFrom("1", "2", "")) }).map(
  ({ name, annotations, data }) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, annotations }, data }),
);
const secrets = fc.record({ name: names, password: fc.constantFrom("one-secret", "another-secret") }).map(
  ({ name, password }) => ({ apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: { password } }),
);
const deployments = fc.record({ name: names, replicas: fc.integer({ min: 0, max: 3 }), app: names, image: names }).map(
  ({ name, replicas, app, image }) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers: [{ name: "main", image }] } },
    },
  }),
);
const services = fc.record({ name: names, type: fc.constantFrom("ClusterIP", "NodePort", "LoadBalancer") }).map(
  ({ name, type }) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { type, ports: [{ port: 80 }] },
  }),
);
const charts = fc.record({
  objects: fc.uniqueArray(fc.oneof(configs, secrets, deployments, services), {
    selector: ({ kind, metadata }) => `${kind}/${metadata.name}`,
    minLength: 1,
    maxLength: 6,
  }),
  version: fc.constantFrom("1.0.0", "1.1.0"),
  isRandom: fc.boolean(),
}).map(({ objects, version, isRandom }): Chart => {
  const all: object[] = [...objects, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "always" },
    data: {
      revision: "{{ .Release.Revision }}",
      given: "{{ .Values.given }}",
      ...isRandom ? { r: "{{ randAlpha 5 }}" } : {},
    },
  }];
  const text = all.map((object) => `---\n${encodeYaml(object)}`).join("");
  return {
    metadata: { name: "web", version },
    templates: [{ path: "templates/all.yaml", data: new TextEncoder().encode(text) }],
    dependencies: [],
    files: [],
  };
});

Deno.test("the JSON of 240 plans and 80 comparisons fits docs/plan.schema.json", async () => {
  const validator = new Validator(SCHEMA, "2020-12", false);
  let count = 0;
  const actions = new Set<string>();
  const masker = createMasker(new Uint8Array(32));
  const check = (report: { objects: readonly { action: string }[] }): void => {
    const { valid, errors } = validator.validate(JSON.parse(encodeJson(report)));
    ok(valid, JSON.stringify(errors.slice(-2)));
    equal(validator.validate({ ...report, other: 1 }).valid, false);
    for (const { action } of report.objects) actions.add(action);
    count++;
  };
  const apply = fc.constantFrom<"tiller" | "three-way" | "server-side">("tiller", "three-way", "server-side");
  await fc.assert(
    fc.asyncProperty(
      charts,
      charts,
      fc.record({ apply, force: fc.boolean(), given: names }),
      async (old, next, more) => {
        const cluster = await openSandbox();
        const env: Environment = {
          kube: createKubeClient(cluster, { waitIntervalMs: 1 }),
          driver: memoryDriver(),
          clock: () => ({ seconds: 1_600_000_000, nanos: 0 }),
          random: () => 0.5,
          report: () => {},
          historyMax: 0,
        };
        const plan = async (planned: PlannedOperation, predict: "auto" | "local" = "auto"): Promise<void> =>
          check((await planOperation(env, planned, { masker, predict })).report);
        const { given, ...modes } = more;
        const change = { name: "web", chart: next, config: `given: ${given}\n`, disableHooks: true, ...modes };
        try {
          const first = { chart: old, name: "web", namespace: "default", disableHooks: true };
          await plan({ operation: "install", options: { ...first, disableHooks: false } });
          await install(env, first);
          await plan({ operation: "install", options: { ...first, name: "api" } });
          await plan({ operation: "upgrade", options: { ...change, disableHooks: false } });
          await plan({ operation: "upgrade", options: change }, "local");
          await upgrade(env, change).catch(() => {});
          await plan({ operation: "rollback", options: { name: "web", revision: 1, apply: more.apply } });
          check(await diffRevisions(env, { name: "web", from: 1, masker }));
          await rollback(env, { name: "web", revision: 1, disableHooks: true }).catch(() => {});
          check(await diffLive(env, { name: "web", masker }));
          await plan({ operation: "delete", options: { name: "web" } });
        } finally {
          await cluster.close();
        }
      },
    ),
    { numRuns: 40, seed: 17 },
  );
  equal(count, 320);
  // All that a plan without --adopt can show.
  const seen = ["create", "delete", "keep", "recreate", "refused", "update"];
  deepEqual(seen.filter((action) => !actions.has(action)), []);
});
