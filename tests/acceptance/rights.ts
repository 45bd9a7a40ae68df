/**
 * The rights that `rbac` prints, for public charts on a real control plane: with exactly them an operation succeeds, and
 * with any one rule taken out it fails, or warns about what it could not do.
 *
 *   deno run -A tests/acceptance/rights.ts --kubeconfig FILE --charts DIR
 *
 * `--kubeconfig` names a cluster with controllers that may be written to; `--charts` a folder with `stable/…` charts.
 * `--count` is the number of charts, default 40; `--rules` the number of rules that are taken out of each operation,
 * default 2; `--only` a part of a chart's name. Ends with `N passed, N failed`.
 *
 * @module
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkRequirements, loadChart } from "../../engine/chart/load/mod.ts";
import { processRequirements } from "../../engine/chart/values/mod.ts";
import { type Cluster, createKubeClient, missingRights, openCluster, type Right } from "../../engine/kube/mod.ts";
import { decodeDocument, KubeManifest } from "../../engine/kube/mod.ts";
import type { Chart, KubeObject, Release } from "../../engine/model/mod.ts";
import {
  type Environment,
  install,
  type ReleaseEvent,
  rightsFor,
  type RightsPurpose,
  rolesOf,
  rollback,
  uninstall,
  upgrade,
} from "../../engine/release/mod.ts";
import { configMapDriver } from "../../storage/mod.ts";
import { objectCallOf } from "../_lib/object_call.ts";
import { type Rule, withoutEachRule } from "../_lib/rbac.ts";

const { values: flags } = parseArgs({
  options: {
    kubeconfig: { type: "string" },
    charts: { type: "string" },
    count: { type: "string", default: "40" },
    rules: { type: "string", default: "2" },
    only: { type: "string", default: "" },
  },
});
const { kubeconfig, charts, only } = flags;
if (kubeconfig === undefined || charts === undefined) throw new Error("--kubeconfig and --charts are needed");
const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const RECORDS = "records";
const admin = await openCluster({ kubeconfig });
const folder = Deno.makeTempDirSync();

/** Sends a request as the administrator. */
async function send(method: "POST" | "DELETE" | "GET", path: string, body?: unknown): Promise<Response> {
  return await admin.transport({ method, path, ...body === undefined ? {} : { body: JSON.stringify(body) } });
}

/** Returns the cluster as another user sees it. */
async function as(user: string): Promise<Cluster> {
  const config = decodeDocument(readFileSync(kubeconfig ?? "", "utf8")) as { users: { user: object }[] };
  const file = join(folder, user);
  const users = config.users.map((entry) => ({ ...entry, user: { ...entry.user, as: user } }));
  writeFileSync(file, JSON.stringify({ ...config, users }), { mode: 0o600 });
  return await openCluster({ kubeconfig: file });
}

function environmentOf(cluster: Cluster, events: ReleaseEvent[] = []): Environment {
  return {
    kube: createKubeClient(cluster, { waitIntervalMs: 10 }),
    driver: configMapDriver(objectCallOf(cluster.transport), RECORDS),
    clock: () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 }),
    random: () => 0.5,
    report: (event) => events.push(event),
    historyMax: 0,
    lookElsewhere: false,
  };
}

async function run(env: Environment, purpose: RightsPurpose): Promise<void> {
  if (purpose.operation === "install") await install(env, purpose.options);
  else if (purpose.operation === "upgrade") await upgrade(env, purpose.options);
  else if (purpose.operation === "rollback") await rollback(env, purpose.options);
  else if (purpose.operation === "delete") await uninstall(env, purpose.options);
}

let users = 0;

/** Runs an operation as a new user with some roles. Returns the error or warning, or nothing. */
async function attempt(roles: readonly KubeObject[], purpose: RightsPurpose): Promise<string | undefined> {
  const user = `user-${++users}`;
  const made: string[] = [];
  const rights: Right[] = [];
  for (const role of roles) {
    const { namespace } = role.metadata ?? {};
    const base = `/apis/rbac.authorization.k8s.io/v1${namespace === undefined ? "" : `/namespaces/${namespace}`}`;
    const plural = role.kind === "Role" ? "roles" : "clusterroles";
    const metadata = { name: user, ...namespace === undefined ? {} : { namespace } };
    const binding = {
      apiVersion: role.apiVersion,
      kind: `${role.kind}Binding`,
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: role.kind, name: user },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user }],
    };
    for (
      const [path, body] of [[plural, { ...role, metadata }], [plural.replace(/s$/, "bindings"), binding]] as const
    ) {
      const answer = await send("POST", `${base}/${path}`, body);
      if (answer.status >= 300) throw new Error(`${path}: ${await answer.text()}`);
      await answer.body?.cancel();
      made.push(`${base}/${path}/${user}`);
    }
    rights.push(...(role.rules as Rule[]).flatMap((rule) => rightsOf(rule, namespace ?? "")));
  }
  const cluster = await as(user);
  const events: ReleaseEvent[] = [];
  try {
    // The server's authorizer learns of new roles a moment later.
    for (let tries = 0; (await missingRights(cluster.transport, rights)).length > 0; tries++) {
      if (tries > 50) throw new Error("the roles do not grant what they say");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await run(environmentOf(cluster, events), purpose);
    return events.map((event) =>
      event.type === "warning" ? event.text : event.type === "object" &&
          ["warning", "wait-note"].includes(event.progress.verb)
        ? event.progress.detail
        : undefined
    ).find((text) => text !== undefined && /may not|could not|cannot (read|remove)/.test(text));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await cluster.close();
    for (const path of made) await (await send("DELETE", path)).body?.cancel();
  }
}

function rightsOf({ apiGroups = [], resources = [], resourceNames, verbs }: Rule, namespace: string): Right[] {
  const names = resourceNames ?? [undefined];
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      names.flatMap((name) => verbs.map((verb) => ({ verb, group, resource, namespace, name })))
    )
  );
}

/** Deletes all that is left of a release, as the administrator, and waits until it is gone. */
async function clear(release: Release | undefined): Promise<void> {
  const env = environmentOf(admin);
  const texts = release === undefined ? [] : [release.manifest, ...release.hooks.map(({ manifest }) => manifest)];
  for (const text of texts) {
    const infos = await env.kube.resolve(release?.namespace ?? "", new KubeManifest(text), { skipUnresolved: true });
    if (infos.length > 0) await env.kube.delete(infos, { timeoutSeconds: 30 });
  }
  await uninstall(env, { name: "rel", purge: true, disableHooks: true }).catch(() => {});
}

/** One operation on a chart, and what brings the release into the state before. */
interface Step {
  readonly name: string;
  readonly purpose: RightsPurpose;
  readonly prepare: () => Promise<void>;
}

/** Plays the operations of a chart; returns the problems. */
async function play(chart: Chart, namespace: string, installed: Release): Promise<string[]> {
  const common = { namespace, removedApis: "map", skipRemoved: true, timeoutSeconds: 20 } as const;
  const next: Chart = { ...chart, metadata: { ...chart.metadata, version: `${chart.metadata.version ?? ""}1` } };
  const made: RightsPurpose = { operation: "install", options: { chart, name: "rel", ...common } };
  const upgraded: RightsPurpose = { operation: "upgrade", options: { chart: next, name: "rel", ...common } };
  const env = environmentOf(admin);
  const steps: Step[] = [
    { name: "install", purpose: made, prepare: () => Promise.resolve() },
    { name: "upgrade", purpose: upgraded, prepare: () => run(env, made) },
    {
      name: "rollback",
      purpose: { operation: "rollback", options: { name: "rel", revision: 1, timeoutSeconds: 20 } },
      prepare: async () => {
        await run(env, made);
        await run(env, upgraded);
      },
    },
    {
      name: "delete",
      purpose: { operation: "delete", options: { name: "rel", purge: true } },
      prepare: () => run(env, made),
    },
  ];
  const problems: string[] = [];
  for (const { name, purpose, prepare } of steps) {
    await clear(installed);
    await prepare();
    const roles = await rolesOf(await rightsFor(env, purpose), { name: "least" });
    const refusal = await attempt(roles, purpose);
    if (refusal !== undefined) problems.push(`${name} with its roles: ${refusal}`);
    const fewer = withoutEachRule(roles);
    for (let sample = 0; sample < Math.min(Number(flags.rules), fewer.length); sample++) {
      const { rule, roles: left } = fewer[Math.floor(sample * fewer.length / Number(flags.rules))] ?? { roles };
      await clear(installed);
      await prepare();
      attempts++;
      if (await attempt(left, purpose) === undefined) problems.push(`${name} succeeds without ${JSON.stringify(rule)}`);
    }
  }
  await clear(installed);
  return problems;
}

let passed = 0, failed = 0, left = 0, attempts = 0;
for (const name of [RECORDS]) {
  await send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
}
for (const name of readdirSync(join(charts, "stable")).sort()) {
  if (!name.includes(only) || passed + failed >= Number(flags.count)) continue;
  const namespace = `rights-${name}`.slice(0, 60);
  let chart: Chart, release: Release | undefined;
  try {
    const loaded = await loadChart(join(charts, "stable", name));
    checkRequirements(loaded);
    chart = processRequirements(loaded, "{}\n", () => {}, () => {});
    await send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    // A chart that an administrator cannot install, upgrade and roll back says nothing about rights.
    const env = environmentOf(admin);
    const common = { namespace, removedApis: "map", skipRemoved: true, timeoutSeconds: 20, name: "rel" } as const;
    await clear(undefined);
    ({ release } = await install(env, { chart, ...common }));
    const { metadata } = chart;
    await upgrade(env, {
      chart: { ...chart, metadata: { ...metadata, version: `${metadata.version ?? ""}1` } },
      ...common,
    });
    await rollback(env, { name: "rel", revision: 1, timeoutSeconds: 20 });
  } catch {
    left++;
    await clear(release).catch(() => {});
    continue;
  }
  const problems = await play(chart, namespace, release);
  if (problems.length === 0) passed++;
  else failed++;
  for (const problem of problems) say(`FAIL ${name}: ${problem}`);
  await (await send("DELETE", `/api/v1/namespaces/${namespace}`)).body?.cancel();
}
await admin.close();
say(`${left} charts were left out: an administrator cannot install, upgrade and roll them back here either`);
say(`${attempts} attempts with a rule too few`);
say(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
