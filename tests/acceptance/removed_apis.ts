/**
 * Old manifests on a real, current API server: each is created as skeg maps
 * it, and as Kubernetes' own conversion makes of it, and reads back the same.
 *
 *   deno run -A tests/acceptance/removed_apis.ts --kubeconfig FILE --programs DIR [--only TEXT]
 *
 * DIR holds `kubectl-convert` and `crdconv`. The API server needs no controllers; use one of its own, as objects of the
 * whole cluster are made. Closes with `N passed, N failed`; a manifest that skeg refuses is counted apart.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createKubeClient, type KubeObject, openCluster } from "../../engine/kube/mod.ts";
import { SkegError } from "../../errors.ts";

interface Case {
  readonly id: string;
  readonly to: string;
  readonly in: KubeObject;
}

/** Fields that the server makes, or counts. */
const OF_THE_SERVER =
  /^\.(status|metadata\.(uid|resourceVersion|creationTimestamp|generation|managedFields|selfLink))\b/;
/** What conversion alone spells out and creation does not: an order that was executed, and counters of old controllers. */
const OF_CONVERSION = /^\.metadata\.annotations/;

const { values: flags } = parseArgs({
  options: { kubeconfig: { type: "string" }, programs: { type: "string" }, only: { type: "string", default: "" } },
});
if (flags.kubeconfig === undefined || flags.programs === undefined) throw new Error("--kubeconfig and --programs");
const programs = flags.programs;
const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const cluster = await openCluster({ kubeconfig: flags.kubeconfig });
const kube = createKubeClient(cluster);
const NAMESPACE = "removed-apis";

const cases: Case[] = readFileSync(new URL("../../testdata/removed_apis/cases.jsonl", import.meta.url), "utf8")
  .trim().split("\n").map((line) => JSON.parse(line) as Case).filter(({ id }) => id.includes(flags.only ?? ""));
const references = await convertAll(cases);

let passed = 0, failed = 0;
const refused: string[] = [];
const refusedByServer: string[] = [];
for (const [index, one] of cases.entries()) {
  const problem = await check(one, references[index]);
  if (problem === undefined) passed++;
  else {
    failed++;
    say(`FAIL ${one.id}: ${one.in.apiVersion} ${one.in.kind}: ${problem}`);
  }
}
const counts = Map.groupBy(refused, (reason) => reason);
for (const [reason, all] of counts) say(`refused ${all.length}: ${reason}`);
for (const line of refusedByServer) say(`refused by the server, as the reference is: ${line}`);
await cluster.close();
say(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

/** What the real programs make of the manifests; `undefined` for those that they do not know. */
async function convertAll(all: readonly Case[]): Promise<(KubeObject | undefined)[]> {
  const results: (KubeObject | undefined)[] = [];
  for (const [index, one] of all.entries()) {
    const name = ["CustomResourceDefinition", "APIService"].includes(one.in.kind ?? "") ? "crdconv" : "kubectl-convert";
    const args = name === "crdconv" ? [one.to] : ["-f", "-", "--output-version", one.to, "-o", "json"];
    const program = new Deno.Command(join(programs, name), {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      env: { KUBECONFIG: "/dev/null" },
    }).spawn();
    const writer = program.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(one.in)));
    await writer.close();
    const { success, stdout } = await program.output();
    if (!success) continue;
    const answer = JSON.parse(new TextDecoder().decode(stdout)) as KubeObject & { items?: KubeObject[] };
    results[index] = answer.kind === "List" ? answer.items?.[0] : answer;
  }
  return results;
}

async function check(one: Case, reference: KubeObject | undefined): Promise<string | undefined> {
  let mapped: string;
  try {
    const [result] = await kube.mapRemoved(NAMESPACE, [{ manifest: JSON.stringify(one.in), use: "create" }]);
    mapped = result?.manifest ?? "";
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    refused.push(`${one.in.kind}: ${error.message.replaceAll(/"[^"]*"/g, "…").slice(0, 110)}`);
    return undefined;
  }
  const ours = await roundTrip(mapped);
  const theirs = reference === undefined
    ? "not converted by the reference"
    : await roundTrip(JSON.stringify(asIntended(reference)));
  if (typeof ours === "string") {
    if (reference === undefined || typeof theirs !== "string") return `not created: ${ours.slice(0, 300)}`;
    // The chart itself is wrong, whatever its API version: the server says the same of both.
    refusedByServer.push(`${one.id}: ${ours.slice(0, 160)}`);
    return withoutTimes(ours) === withoutTimes(theirs)
      ? undefined
      : `${ours.slice(0, 300)}, and ${theirs.slice(0, 300)}`;
  }
  if (typeof theirs === "string") return `created by us, and not the reference: ${theirs.slice(0, 300)}`;
  const difference = unlike(ours, theirs, "");
  return difference === "" ? undefined : difference;
}

interface Reference {
  apiVersion?: string;
}

function withoutTimes(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, "…");
}

/**
 * The reference only converts. For a creation, or a reference that resolves, more is wanted: a current server accepts no
 * CustomResourceDefinition without a schema, and no HorizontalPodAutoscaler whose target has no served version.
 */
function asIntended(reference: KubeObject): KubeObject {
  const object = structuredClone(reference) as KubeObject & { spec: Record<string, unknown> };
  if (object.kind === "CustomResourceDefinition") {
    const versions = (object.spec.versions ?? []) as { schema?: unknown }[];
    if (object.spec.preserveUnknownFields === true) {
      const openAPIV3Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
      for (const version of versions) version.schema ??= { openAPIV3Schema };
    }
    object.spec.preserveUnknownFields = false;
  }
  if (object.kind === "HorizontalPodAutoscaler") {
    const target = object.spec.scaleTargetRef as Reference;
    if (!target.apiVersion || target.apiVersion === "extensions/v1beta1") target.apiVersion = "apps/v1";
    for (const metric of (object.spec.metrics ?? []) as { object?: { describedObject: Reference } }[]) {
      const described = metric.object?.describedObject;
      if (described?.apiVersion === "extensions/v1beta1") described.apiVersion = "networking.k8s.io/v1"; // an Ingress
    }
  }
  return object;
}

/** Creates an object, reads it and deletes it again; the server's words when it is refused. */
async function roundTrip(manifest: string): Promise<KubeObject | string> {
  const [info] = await kube.build(NAMESPACE, manifest);
  if (info === undefined) return "no object";
  const namespace = info.namespace || NAMESPACE;
  try {
    // Reads as an operation does; an object of that name is in nobody's way here.
    await kube.create(namespace, manifest);
    const { group, version, plural } = info.resource;
    const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    const path = `${base}${info.namespace === "" ? "" : `/namespaces/${info.namespace}`}/${plural}/${info.name}`;
    return await (await cluster.transport({ method: "GET", path })).json() as KubeObject;
  } catch (error) {
    // The server shows who wrote the object, and each creation names a writer of its own.
    if (error instanceof SkegError) {
      return error.message.replaceAll(/"(manager|time)":"[^"]*"/g, '"$1":…');
    }
    throw error;
  } finally {
    await kube.delete(namespace, manifest, { timeoutSeconds: 20 }).catch(() => {});
  }
}

function unlike(a: unknown, b: unknown, path: string): string {
  if (OF_THE_SERVER.test(path) || OF_CONVERSION.test(path)) return "";
  if (typeof a === "object" && a !== null && typeof b === "object" && b !== null) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = unlike((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`);
      if (found !== "") return found;
    }
    return "";
  }
  return a === b ? "" : `${path}: ${JSON.stringify(a)} of ours, ${JSON.stringify(b)} of the reference`;
}
