/**
 * Plans and drift on a cluster of 2019: for every release, an upgrade to its own chart changes nothing but API versions and
 * random values, and `diff live` names the edits that are made here, and no others.
 *
 *   deno run -A tests/acceptance/fleet_plans.ts --kubeconfig FILE --charts DIR [--only NAME]
 *
 * `--kubeconfig` names a control plane without controllers that was started on the cluster's data, and may be written to;
 * `--charts` the folder with the charts of its releases. Ends with `N passed, N failed`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { KubeManifest, namedObjects, openCluster } from "../../engine/kube/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { type ChangeReport, type ObjectChange, pathText } from "../../engine/kube/explain/mod.ts";
import { program } from "../_lib/program.ts";

const { values: flags } = parseArgs({
  options: { kubeconfig: { type: "string" }, charts: { type: "string" }, only: { type: "string", default: "" } },
});
const { kubeconfig, charts } = flags;
if (kubeconfig === undefined || charts === undefined) throw new Error("--kubeconfig and --charts are needed");
const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

let passed = 0, failed = 0;
/** Counts a check; a line tells what is not as expected. */
function note(name: string, problems: readonly string[]): void {
  if (problems.length === 0) passed++;
  else failed++;
  if (problems.length > 0) say(`FAIL ${name}\n${problems.map((one) => `  ${one.slice(0, 300)}`).join("\n")}`);
}

async function skeg(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await program(words, { variables: { KUBECONFIG: kubeconfig ?? "" } });
  if (code !== 0) throw new Error(`${words.slice(0, 3).join(" ")}: ${stderr.split("\n").slice(0, 3).join(" ")}`);
  return stdout;
}

const report = async (...words: string[]): Promise<ChangeReport> => JSON.parse(await skeg(...words, "-o", "json"));

const linesOf = ({ id, action, changes }: ObjectChange): string[] =>
  changes.map((change) => `${id.kind}/${id.name} ${action} ${JSON.stringify(change)}`);

/** Plans an upgrade to the release's own chart; returns the number of objects whose API version is mapped. */
async function planned(name: string, chart: string): Promise<number> {
  const flags = ["--reuse-values", "--removed-apis", "map", "--skip-removed", "--no-hooks"];
  const { objects, risks } = await report("plan", "upgrade", name, chart, ...flags);
  const steady = objects.map((object) => ({
    ...object,
    changes: object.changes.filter(({ cause }) => !cause.includes("render")),
  }));
  note(`${name}: plan upgrade`, steady.flatMap(linesOf));
  return risks.filter(({ code }) => code === "removed-api").length;
}

const cluster = await openCluster({ kubeconfig });

async function send(method: "GET" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<KubeObject | undefined> {
  const answer = await cluster.transport({
    method,
    path: method === "PATCH" ? `${path}?fieldManager=kubectl-edit` : path,
    contentType: "application/strategic-merge-patch+json",
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const object = await answer.json();
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`${method} ${path}: ${object.message}`);
  return object;
}

const PLACES: Readonly<Record<string, string>> = {
  Deployment: "/apis/apps/v1/namespaces/NS/deployments/",
  StatefulSet: "/apis/apps/v1/namespaces/NS/statefulsets/",
  ConfigMap: "/api/v1/namespaces/NS/configmaps/",
  Service: "/api/v1/namespaces/NS/services/",
};

/** Edits a release's objects; returns the lines that `diff live` must show. */
async function edited(manifest: string, namespace: string): Promise<string[]> {
  const expected: string[] = [];
  const seen = new Set<string>();
  for (const { kind, name, namespace: own } of namedObjects(new KubeManifest(manifest).entries())) {
    const place = PLACES[kind];
    // Of each kind the first is edited.
    if (place === undefined || seen.has(kind)) continue;
    const path = `${place.replace("NS", own || namespace)}${name}`;
    const live = await send("GET", path);
    if (live === undefined) continue;
    const lines = await editOne(kind, path, live);
    if (lines.length > 0) seen.add(kind);
    expected.push(...lines.map((line) => `${kind}/${name} ${line}`));
  }
  return expected.sort();
}

// deno-lint-ignore no-explicit-any
type Live = any;

async function editOne(kind: string, path: string, live: Live): Promise<string[]> {
  if (kind === "Service") {
    await send("DELETE", path);
    return ["is gone"];
  }
  if (kind === "ConfigMap") {
    const [key] = Object.keys(live.data ?? {});
    if (key === undefined) return [];
    await send("PATCH", path, { data: { [key]: "edited" } });
    return [pathText(`/data/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`)];
  }
  const [container] = live.spec.template.spec.containers;
  await send("PATCH", path, {
    spec: { template: { spec: { containers: [{ name: container.name, image: "example.invalid/edited:1" }] } } },
  });
  return [`spec.template.spec.containers[${container.name}].image`];
}

async function checkDrift(name: string, namespace: string): Promise<number> {
  note(`${name}: diff live`, (await report("diff", "live", name)).objects.flatMap(linesOf));
  const expected = await edited(await skeg("get", "manifest", name), namespace);
  const { objects } = await report("diff", "live", name);
  const found = objects.flatMap(({ id, action, changes }) =>
    changes.map(({ path }) => `${id.kind}/${id.name} ${action === "missing" ? "is gone" : pathText(path)}`)
  ).sort();
  const missing = expected.filter((line) => !found.includes(line)).map((line) => `not shown: ${line}`);
  const more = found.filter((line) => !expected.includes(line)).map((line) => `was not edited: ${line}`);
  note(`${name}: diff live after edits`, [...missing, ...more]);
  return expected.length;
}

const { Releases } = JSON.parse(await skeg("list", "--all", "--max", "500", "--output", "json")) as {
  Releases: { Name: string; Namespace: string; Status: string }[];
};
let mapped = 0, edits = 0, releases = 0;
for (const { Name: name, Namespace: namespace, Status: status } of Releases) {
  if (!name.includes(flags.only) || status !== "DEPLOYED") continue;
  releases++;
  const chart = [join(charts, name), join(charts, `${name}.tgz`)].find((path) => existsSync(path));
  if (chart === undefined) note(`${name}: its chart`, ["is not in the folder"]);
  else mapped += await planned(name, chart);
  edits += await checkDrift(name, namespace);
}
await cluster.close();
note("the fleet", mapped > 0 && edits > 0 ? [] : ["nothing was mapped or edited"]);
say(`${releases} releases, ${mapped} objects with mapped API versions, ${edits} edits`);
say(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
