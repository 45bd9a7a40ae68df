/**
 * Predicted classes of first Helm 3 upgrades against what the real Helm 3 then did: for public charts, or for all releases of a
 * cluster. The requests are read from the API server's audit log.
 *
 *   deno run -A tests/acceptance/helm3/outcomes.ts --kubeconfig FILE --audit FILE --programs DIR --charts DIR \
 *     [--fleet] [--helm helm3|helm4] [--every N] [--only NAME] [--details] [--program COMMAND]
 *
 * `--kubeconfig` names a control plane without controllers that may be written to, `--audit` its audit log, `--programs` a folder
 * with `helm3`. Without `--fleet`, each chart of `--charts` is installed as Helm 2 does; every second one is edited. With
 * `--fleet`, the releases of the cluster are taken, and `--charts` has their charts. Each release is planned, migrated and
 * upgraded by Helm 3 with its own chart and values; if that is refused, and the chart of a fleet names API versions that are
 * gone, then with the same chart in today's API versions. Ends with the numbers of right and wrong predictions: `N passed, N failed`.
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadChart } from "../../../engine/chart/load/mod.ts";
import { saveFolder } from "../../../engine/chart/package/mod.ts";
import { KubeManifest, type KubeObject, type ResourceInfo } from "../../../engine/kube/mod.ts";
import { install } from "../../../engine/release/mod.ts";
import type { Chart } from "../../../engine/model/mod.ts";
import { publicCharts, renewed } from "../_public_charts.ts";
import { type HelmName, type Lab, openLab, say } from "./_lab.ts";
import {
  type AuditedRequest,
  auditedSince,
  auditMark,
  changedFields,
  objectKey,
  OBSERVED,
  observedClass,
  type Watched,
} from "./_observe.ts";

const { values: flags } = parseArgs({
  options: {
    kubeconfig: { type: "string" },
    audit: { type: "string" },
    programs: { type: "string" },
    charts: { type: "string" },
    fleet: { type: "boolean", default: false },
    helm: { type: "string", default: "helm3" },
    every: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    program: { type: "string", default: "" },
    details: { type: "boolean", default: false },
    edit: { type: "boolean", default: false },
  },
});
const required = (name: "kubeconfig" | "audit" | "programs" | "charts"): string => {
  const value = flags[name];
  if (value === undefined) throw new Error(`--${name} is needed`);
  return value;
};
const [kubeconfig, audit, programs, charts] = (["kubeconfig", "audit", "programs", "charts"] as const).map(
  required,
) as [string, string, string, string];
const helm = flags.helm as HelmName;

/** Charts of the time of Helm 2 name API versions that a server of today does not have. */
const SETTINGS = { disableHooks: true, removedApis: "map", skipRemoved: true } as const;

/** A prediction, as the plan prints it. */
interface Predicted {
  readonly class: string;
  readonly estimated: boolean;
  readonly reasons: readonly string[];
  readonly objects: readonly {
    readonly object: {
      readonly apiVersion: string;
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
    };
    readonly class: string;
    readonly reasons: readonly string[];
  }[];
}

/** A release to look at, and its chart on disk. */
interface Subject {
  readonly name: string;
  readonly namespace: string;
  /** Its own chart: a folder. */
  readonly chart: string;
  /** The same chart with today's API versions, if its own ones are gone; upgraded to if its own chart is refused. */
  readonly next?: string | undefined;
}

const counts = { right: 0, wrong: 0, releases: 0, rightReleases: 0, left: 0, unreached: 0 };
const byClass = new Map<string, { right: number; wrong: number }>();

function count(predicted: string, observed: string, what: string, why: string): void {
  const isRight = predicted === observed;
  const entry = byClass.get(predicted) ?? { right: 0, wrong: 0 };
  byClass.set(predicted, entry);
  if (isRight) entry.right++;
  else entry.wrong++;
  if (isRight) counts.right++;
  else counts.wrong++;
  if (!isRight) say(`WRONG ${what}: predicted ${predicted}, was ${observed}${why === "" ? "" : `: ${why}`}`);
}

/** Returns the objects of a manifest by key; documents that the server cannot take are left out. */
async function resolved(lab: Lab, namespace: string, manifest: string): Promise<Map<string, ResourceInfo>> {
  const infos: ResourceInfo[] = [];
  const documents = manifest.split(/^---.*$/m).filter((text) => /^kind:/m.test(text));
  for (const document of documents) {
    await lab.environment.kube.resolve(namespace, new KubeManifest(document))
      .then((found) => infos.push(...found), () => {});
  }
  return new Map(infos.map((info) => [keyOfInfo(info), info]));
}

function keyOfInfo({ resource, namespace, name }: ResourceInfo): string {
  return objectKey(resource.plural, resource.group, resource.namespaced ? namespace : "", name);
}

async function live(lab: Lab, infos: Iterable<ResourceInfo>): Promise<Map<string, KubeObject>> {
  const found = new Map<string, KubeObject>();
  await Promise.all([...infos].map(async (info) => {
    const { resource, namespace, name } = info;
    const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
    const within = resource.namespaced ? `/namespaces/${namespace}` : "";
    const object = await lab.read(`${root}${within}/${resource.plural}/${name}`);
    if (object !== undefined) found.set(keyOfInfo(info), object);
  }));
  return found;
}

/** Plans a release; returns the prediction, or why there is none. */
async function predicted(lab: Lab, { name }: Subject, ...more: string[]): Promise<Predicted | string> {
  const words = ["migrate", "helm3", name, "--helm3", lab.path(helm), ...more];
  const planned = await lab.skeg(...words, "--output", "json");
  if (planned.code !== 0 && planned.stdout === "") return `plan: ${planned.stderr}`;
  const document = JSON.parse(planned.stdout);
  const release = document.releases.find((one: { release: string }) => one.release === name);
  if (release === undefined) return `plan: it does not name ${name}`;
  if (release.blockers.length > 0) {
    return `plan: ${release.blockers.map((one: { text: string }) => one.text).join("; ")}`;
  }
  if (release.prediction === undefined) return "plan: it has no prediction";
  return release.prediction;
}

/** Returns the class of an upgrade that failed as a whole, by Helm's message. */
function failureClass(stderr: string): string {
  if (/no matches for kind|resource mapping not found/.test(stderr)) return "gone-api";
  const isRender =
    /template: |executing "|parse error|execution error at|YAML parse error|error converting YAML|cannot load|Chart\.yaml/;
  return isRender.test(stderr) && !/validating data|meet the specifications/.test(stderr) ? "cannot-render" : "blocked";
}

/** Plans the upgrades of a release to each of its charts, migrates it, and looks at the upgrades. */
async function look(lab: Lab, subject: Subject): Promise<void> {
  const { name, namespace, chart, next } = subject;
  const leaveOut = (why: string): void => {
    counts.left++;
    say(`left out ${name}: ${why.replaceAll(/\s+/g, " ").slice(0, 300)}`);
  };
  const own = await predicted(lab, subject);
  if (typeof own === "string") return leaveOut(own);
  const other = next === undefined ? undefined : await predicted(lab, subject, "--chart", next);
  const words = ["migrate", "helm3", name, "--yes", "--archive", join(lab.folder, "archives")];
  const done = await lab.skeg(...words);
  if (done.code !== 0) return leaveOut(`migrate: ${done.stderr}`);
  const values = join(lab.folder, `${name}.yaml`);
  const stored = await lab.helm(helm, "get", "values", name, "-n", namespace, "-o", "yaml");
  writeFileSync(values, stored.stdout === "null\n" ? "{}\n" : stored.stdout);
  const isChanged = await upgradeAndCompare(lab, { name, namespace, chart, values }, own);
  // After an upgrade that changed something, the prediction of the other one is out of date.
  if (isChanged || next === undefined || other === undefined) return;
  if (typeof other === "string") return leaveOut(other);
  await upgradeAndCompare(lab, { name, namespace, chart: next, values }, other);
}

/** Upgrades a release by Helm 3 and compares with the prediction; true if Helm sent any change. */
async function upgradeAndCompare(
  lab: Lab,
  { name, namespace, chart, values }: Subject & { readonly values: string },
  prediction: Predicted,
): Promise<boolean> {
  const base = await lab.helm(helm, "get", "manifest", name, "-n", namespace);
  const old = await resolved(lab, namespace, base.stdout);
  const before = await live(lab, old.values());
  const mark = auditMark(audit);
  const upgrade = await lab.helm(helm, "upgrade", name, chart, "-n", namespace, "-f", values, "--no-hooks");
  const requests = auditedSince(audit, mark, /^Helm\//).filter(({ key }) => !/\/sh\.helm\.release\.v1\./.test(key));
  counts.releases++;
  if (upgrade.code !== 0 && requests.length === 0) {
    const observed = failureClass(upgrade.stderr);
    if (prediction.class === observed) counts.rightReleases++;
    const why = `${upgrade.stderr} / ${prediction.reasons.join("; ")}`;
    count(prediction.class, observed, `release ${name}`, why.slice(0, 500));
    return false;
  }
  const next = await lab.helm(helm, "get", "manifest", name, "-n", namespace);
  const all = new Map([...old, ...await resolved(lab, namespace, next.stdout)]);
  const after = await live(lab, all.values());
  const expected = predictedByKey(prediction, await kinds(lab));
  const classes = [...new Set([...all.keys(), ...expected.keys(), ...requests.map(({ key }) => key)])].map((key) => {
    const watched: Watched = { before: before.get(key), after: after.get(key), recorded: old.get(key)?.object };
    const { class: wanted = "nothing", reasons = [] } = expected.get(key) ?? {};
    return compareObject({ name, key, wanted, reasons }, watched, requests);
  });
  const worst = classes.reduce((a, b) => rank(a) >= rank(b) ? a : b, "nothing");
  if (worst === prediction.class) counts.rightReleases++;
  else say(`WRONG release ${name}: predicted ${prediction.class}, was ${worst} (exit status ${upgrade.code})`);
  return true;
}

/** True if Helm did not come to the object: it stops at a creation that fails, and deletes nothing after any failure. */
function isOutOfReach(wanted: string, all: readonly AuditedRequest[]): boolean {
  const refused = all.filter(({ status }) => status >= 400);
  return refused.some(({ verb }) => verb === "create") || refused.length > 0 && wanted === "creates-removes";
}

/** Compares one object with its prediction; returns the class of what happened to it. */
function compareObject(
  { name, key, wanted, reasons }: {
    readonly name: string;
    readonly key: string;
    readonly wanted: string;
    readonly reasons: readonly string[];
  },
  watched: Watched,
  all: readonly AuditedRequest[],
): string {
  const own = all.filter((request) => request.key === key);
  const observed = observedClass(watched, own);
  if (wanted !== observed && own.length === 0 && isOutOfReach(wanted, all)) {
    counts.unreached++;
    say(`not reached ${name} ${key}: predicted ${wanted}; Helm stopped at a failure before it`);
    return observed;
  }
  const refusals = own.filter(({ status }) => status >= 400).map(({ message }) => message);
  const why = [...changedFields(watched), ...refusals].slice(0, 6).join(", ");
  count(wanted, observed, `${name} ${key}`, `${why} / ${reasons.join("; ")}`.slice(0, 500));
  if (flags.details) say(`  ${name} ${key}: ${observed} ${why}`);
  return observed;
}

const rank = (name: string): number => (OBSERVED as readonly string[]).indexOf(name);

/** Returns the resource of each kind, by `GROUP/KIND`. */
async function kinds(
  lab: Lab,
): Promise<(group: string, kind: string) => { plural: string; namespaced: boolean } | undefined> {
  known ??= (async () => {
    const found = new Map<string, { plural: string; namespaced: boolean }>();
    const groups = await lab.read("/apis") as
      | { groups?: { name: string; versions: { version: string }[] }[] }
      | undefined;
    const roots = [
      "/api/v1",
      ...(groups?.groups ?? []).flatMap(({ name, versions }) =>
        versions.map(({ version }) => `/apis/${name}/${version}`)
      ),
    ];
    for (const root of roots) {
      const list = await lab.read(root).catch(() => undefined) as
        | { resources?: { name: string; kind: string; namespaced: boolean }[] }
        | undefined;
      const group = root.startsWith("/apis/") ? root.split("/")[2] ?? "" : "";
      for (const { name, kind, namespaced } of list?.resources ?? []) {
        if (!name.includes("/")) found.set(`${group}/${kind}`, { plural: name, namespaced });
      }
    }
    return (group: string, kind: string) => found.get(`${group}/${kind}`);
  })();
  return await known;
}
let known: ReturnType<typeof kinds> | undefined;

function predictedByKey(
  { objects }: Predicted,
  find: Awaited<ReturnType<typeof kinds>>,
): Map<string, { class: string; reasons: readonly string[] }> {
  return new Map(objects.map(({ object, class: name, reasons }) => {
    const group = object.apiVersion.includes("/") ? object.apiVersion.split("/")[0] ?? "" : "";
    const { plural = object.kind, namespaced = true } = find(group, object.kind) ?? {};
    return [objectKey(plural, group, namespaced ? object.namespace : "", object.name), { class: name, reasons }];
  }));
}

/** Edits workloads as people do: a label, and another number of replicas. */
async function edit(lab: Lab, namespace: string): Promise<void> {
  for (const plural of ["deployments", "statefulsets"]) {
    const root = `/apis/apps/v1/namespaces/${namespace}/${plural}`;
    const { items } = await lab.read(root) as unknown as { items: KubeObject[] };
    for (const { metadata } of items) {
      await lab.send("PATCH", `${root}/${metadata?.name}`, {
        metadata: { labels: { edited: "yes" } },
        spec: { replicas: 5 },
      });
    }
  }
}

/** Installs public charts as Helm 2 does, one after the other, and looks at each. */
async function lookAtCharts(lab: Lab): Promise<void> {
  let at = 0, looked = 0;
  for await (const { repository, name: chartName, chart } of publicCharts(charts)) {
    const name = `${repository === "stable" ? "s" : "i"}-${chartName}`.slice(0, 50);
    if (!name.includes(flags.only) || at++ % Number(flags.every) !== 0) continue;
    const namespace = `ns-${name}`;
    try {
      await install(lab.environment, { chart: renewed(chart), name, namespace, ...SETTINGS });
    } catch (error) {
      if (flags.only !== "") say(`${name}: ${error instanceof Error ? error.message : error}`);
      continue; // it cannot be installed here by Helm 2 either
    }
    if (++looked % 2 === 0 || flags.edit) await edit(lab, namespace);
    await look(lab, { name, namespace, chart: await source(lab, `${repository}/${chartName}`) });
    await clean(lab, namespace, name);
  }
}

/** Writes the chart as its maintainers have it, with today's API versions. */
async function source(lab: Lab, path: string): Promise<string> {
  const parent = join(lab.folder, "charts", path.replace("/", "-"));
  mkdirSync(parent, { recursive: true });
  return saveFolder(withApiVersion(renewed(await loadChart(join(charts, path)))), parent);
}

/** Returns a chart that can be written: Helm 3 loads none without `apiVersion`, and .helmignore may name the subcharts' archives. */
function withApiVersion(chart: Chart): Chart {
  const metadata = { ...chart.metadata, apiVersion: chart.metadata.apiVersion || "v1" };
  const files = chart.files.filter(({ path }) => path !== ".helmignore");
  return { ...chart, metadata, files, dependencies: chart.dependencies.map(withApiVersion) };
}

/** Removes a release, so that objects without a namespace do not collide with those of the next chart. */
async function clean(lab: Lab, namespace: string, name: string): Promise<void> {
  await lab.helm(helm, "uninstall", name, "-n", namespace, "--no-hooks");
  await lab.skeg("delete", "--purge", name, "--no-hooks", "--ignore-helm3");
  await lab.send("DELETE", `/api/v1/namespaces/${namespace}`);
}

async function lookAtFleet(lab: Lab): Promise<void> {
  const { stdout } = await lab.skeg("list", "--all", "--max", "500", "--output", "json");
  const { Releases } = JSON.parse(stdout) as {
    Releases: { Name: string; Namespace: string; Revision: number; Status: string }[];
  };
  let at = 0;
  for (const { Name: name, Namespace: namespace, Revision: revision, Status: status } of Releases) {
    if (!name.includes(flags.only) || at++ % Number(flags.every) !== 0) continue;
    // The plan asks for this repair: Helm 3 upgrades no release without a deployed revision.
    if (status === "FAILED") await lab.skeg("repair", "promote", name, "--trust-me", `${revision}`, "--yes");
    const path = [join(charts, name), join(charts, `${name}.tgz`)].find((one) => existsSync(one));
    if (path === undefined) {
      counts.left++;
      say(`left out ${name}: its chart is not in the folder`);
      continue;
    }
    const parent = join(lab.folder, "charts", name);
    mkdirSync(parent, { recursive: true });
    const chart = withApiVersion(await loadChart(path));
    mkdirSync(`${parent}-next`, { recursive: true });
    const next = saveFolder(renewed(chart), `${parent}-next`);
    await look(lab, { name, namespace, chart: saveFolder(chart, parent), next });
  }
}

const lab = await openLab(kubeconfig, programs, flags.program);
try {
  await (flags.fleet ? lookAtFleet(lab) : lookAtCharts(lab));
} finally {
  await lab.end();
}
for (const [name, { right, wrong }] of [...byClass].sort()) say(`  ${name}: ${right} right, ${wrong} wrong`);
say(
  `${counts.releases} upgrades (${counts.left} releases left out): the class of ${counts.rightReleases} is right; ` +
    `${counts.unreached} objects were not reached`,
);
say(`${counts.right} passed, ${counts.wrong} failed`);
Deno.exit(counts.wrong === 0 && counts.releases > 0 ? 0 : 1);
