/**
 * `lint --strict-kubernetes` on public charts, beside a real API server's dry run of the same objects: an error that the
 * server does not have is a false alarm, and a refusal that lint does not have is a miss.
 *
 *   deno run -A tests/acceptance/strict_lint.ts --kubeconfig FILE --charts DIR [--only NAME]
 *
 * `--kubeconfig` names an API server of the release that lint knows, without controllers, that may be written to: only
 * namespaces are created. `--charts` a folder with `stable/…` and `incubator/…` charts. Each chart is linted twice:
 * unchanged, and with current API versions. Ends with the number of objects that both judge alike, and of the others:
 * `N passed, N failed`.
 *
 * @module
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Cluster, isObject, KubeManifest, type KubeObject, openCluster } from "../../engine/kube/mod.ts";
import type { LintMessage } from "../../engine/chart/lint/mod.ts";
import { program } from "../_lib/program.ts";
import { currentVersions } from "./_public_charts.ts";

const { values: flags } = parseArgs({
  options: { kubeconfig: { type: "string" }, charts: { type: "string" }, only: { type: "string", default: "" } },
});
const { kubeconfig, charts, only } = flags;
if (kubeconfig === undefined || charts === undefined) throw new Error("--kubeconfig and --charts are needed");
const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

/** Variables of the program: a home of its own, and no hints. */
const work = mkdtempSync(join(tmpdir(), "strict-lint-"));
const variables = { HOME: work, HELM_HOME: join(work, "home"), SKEG_HINTS: "off" };
const counts: Record<string, number> = {};
const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);

/** Copies a chart, and gives its templates current API versions; returns the copy. */
function renewedFolder(folder: string): string {
  const copy = join(mkdtempSync(join(work, "chart-")), "chart");
  cpSync(folder, copy, { recursive: true });
  for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\/templates(\/|$)/.test(`${entry.parentPath}/`)) continue;
    const path = join(entry.parentPath, entry.name);
    writeFileSync(path, currentVersions(readFileSync(path, "utf8")));
  }
  return copy;
}

/** Returns the errors about objects, by kind and name; `undefined` if the chart cannot be rendered. */
async function lintErrors(folder: string): Promise<Map<string, string[]> | undefined> {
  const { stdout } = await program(["lint", "--strict-kubernetes", "--output", "json", folder], { variables });
  if (stdout === "") return undefined;
  const [chart] = (JSON.parse(stdout) as { charts: { messages: LintMessage[] }[] }).charts;
  const errors = new Map<string, string[]>();
  for (const { severity, text } of chart?.messages ?? []) {
    const [, kind, name, problem = ""] = /^(?:line \d+: )?(\w*) "([^"]*)": ([^]*)$/.exec(text) ?? [];
    // An object that is there twice is not refused in a dry run, which creates neither.
    if (severity !== "ERROR" || kind === undefined || problem.includes("the object is also in ")) continue;
    const key = `${kind}/${name}`;
    errors.set(key, [...errors.get(key) ?? [], problem]);
  }
  return errors;
}

async function objectsIn(folder: string): Promise<KubeObject[] | undefined> {
  const argv = ["template", folder, "--name", "test-release", "--namespace", "default", "--kube-version", "1.34"];
  const { code, stdout } = await program(argv, { variables });
  if (code !== 0) return undefined;
  // As Helm splits templates: a line may begin with the dashes.
  const documents = stdout.split(/(?:^|\s*\n)---\s*/).flatMap((text) => new KubeManifest(text).documents);
  return documents.flatMap(({ data }) => flatten(data));
}

function flatten(data: unknown): KubeObject[] {
  if (!isObject(data)) return [];
  return data.kind === "List" && Array.isArray(data.items) ? data.items.flatMap(flatten) : [data as KubeObject];
}

/** The resources of API versions: the plural of a kind, and whether it has namespaces. */
const resources = new Map<string, Promise<Map<string, { plural: string; namespaced: boolean }>>>();

function resourcesOf({ transport }: Cluster, apiVersion: string) {
  const known = resources.get(apiVersion) ?? (async () => {
    const path = `/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;
    const answer = await transport({ method: "GET", path });
    // A version that the server does not have is answered with a text.
    const text = await answer.text();
    const { resources: found = [] }: { resources?: Record<string, unknown>[] } = answer.ok ? JSON.parse(text) : {};
    const own = found.filter(({ name }) => !String(name).includes("/"));
    return new Map(
      own.map(({ kind, name, namespaced }) =>
        [String(kind), { plural: String(name), namespaced: namespaced === true }] as const
      ),
    );
  })();
  resources.set(apiVersion, known);
  return known;
}

/** The server's judgement; `undefined` where it depends on what is in the cluster. */
interface Verdict {
  readonly isRefused: boolean;
  readonly text: string;
}

async function judge(cluster: Cluster, object: KubeObject): Promise<Verdict | undefined> {
  const { apiVersion = "", kind = "" } = object;
  const resource = (await resourcesOf(cluster, apiVersion)).get(kind);
  if (resource === undefined) return { isRefused: true, text: `no kind ${kind} in ${apiVersion}` };
  const namespace = object.metadata?.namespace || "default";
  const root = `/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;
  const place = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  const path = `${root}${place}/${resource.plural}?dryRun=All&fieldValidation=Strict`;
  const ask = () => cluster.transport({ method: "POST", path, body: JSON.stringify(object) });
  let answer = await ask();
  if (answer.status === 404) {
    await answer.body?.cancel();
    const body = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await (await cluster.transport({ method: "POST", path: "/api/v1/namespaces", body })).body?.cancel();
    answer = await ask();
  }
  const { message = "" } = await answer.json() as { message?: string };
  if (answer.ok) return { isRefused: false, text: "" };
  // An address or a port of a node that another object has.
  if (/: provided (port|IP) is already allocated/.test(message)) return undefined;
  return answer.status === 400 || answer.status === 422 ? { isRefused: true, text: message } : undefined;
}

/** Compares the two judgements of one object. */
function compare(chart: string, key: string, verdict: Verdict | undefined, errors: readonly string[]): void {
  if (verdict === undefined) return count("depend on the cluster");
  const isRefused = errors.length > 0;
  count(verdict.isRefused ? isRefused ? "refused by both" : "missed" : isRefused ? "false alarms" : "accepted by both");
  if (verdict.isRefused === isRefused) return;
  say(`${isRefused ? "FALSE ALARM" : "MISS"} ${chart} ${key}: ${isRefused ? errors.join("; ") : verdict.text}`);
}

const cluster = await openCluster({ kubeconfig });
for (const repository of ["stable", "incubator"]) {
  for (const name of readdirSync(join(charts, repository)).sort()) {
    const folder = join(charts, repository, name);
    if (!name.includes(only) || !existsSync(join(folder, "Chart.yaml"))) continue;
    for (const [form, path] of [["", folder], [" today", renewedFolder(folder)]] as const) {
      const chart = `${repository}/${name}${form}`;
      const [errors, objects] = [await lintErrors(path), await objectsIn(path)];
      if (errors === undefined || objects === undefined) {
        count("charts that cannot be rendered");
        continue;
      }
      count("charts");
      for (const object of objects) {
        const { kind = "", apiVersion = "", metadata } = object;
        const isBuiltIn = !/\./.test(apiVersion.split("/")[0] ?? "") || /k8s\.io\//.test(apiVersion);
        // A kind that a CustomResourceDefinition brings is no mistake.
        if (!isBuiltIn) count("of custom kinds");
        else {
          const key = `${kind}/${metadata?.name ?? ""}`;
          compare(chart, key, await judge(cluster, object), errors.get(key) ?? []);
        }
      }
    }
  }
}
await cluster.close();
rmSync(work, { recursive: true });
say(`\n${Object.entries(counts).map(([what, number]) => `${number} ${what}`).join(", ")}`);
const failed = (counts["missed"] ?? 0) + (counts["false alarms"] ?? 0);
say(`${(counts["refused by both"] ?? 0) + (counts["accepted by both"] ?? 0)} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
