/**
 * Old manifests on a real, current API server: each is created once as mapped by
 * skeg, and once as converted by Kubernetes' own code. Both must read back the same.
 *
 *   deno run -A tests/acceptance/removed_apis.ts --kubeconfig FILE --programs DIR [--only TEXT]
 *
 * DIR holds `kubectl-convert` and `crdconv`. The API server needs no controllers. Use a separate server, because
 * cluster-wide objects are created. Ends with `N passed, N failed`; manifests that skeg refuses are counted separately.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createKubeClient, KubeManifest, type KubeObject, openCluster } from "../../engine/kube/mod.ts";
import { SkegError } from "../../errors.ts";

interface Case {
  readonly id: string;
  readonly to: string;
  readonly in: KubeObject;
}

/** Fields that the server sets or counts. */
const OF_THE_SERVER =
  /^\.(status|metadata\.(uid|resourceVersion|creationTimestamp|generation|managedFields|selfLink))\b/;
/** Annotations that only a conversion writes: a rollback order that was executed, and counters of old controllers. */
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

/** Returns the manifests as converted by the real programs; `undefined` for unknown kinds. */
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
    const [result] = await kube.mapRemoved(NAMESPACE, [{
      manifest: new KubeManifest(JSON.stringify(one.in)),
      use: "create",
    }]);
    mapped = result?.manifest.text ?? "";
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
    // The manifest itself is invalid in any API version: the server gives the same message for both.
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
 * Returns the reference with the changes that a current server requires: the reference programs only convert, but a server
 * refuses a CustomResourceDefinition without a schema, and a HorizontalPodAutoscaler needs a target with a served version.
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

/** Creates an object, reads it and deletes it again; returns the server's message when it is refused. */
async function roundTrip(manifest: string): Promise<KubeObject | string> {
  const infos = await kube.resolve(NAMESPACE, new KubeManifest(manifest));
  const [info] = infos;
  if (info === undefined) return "no object";
  const namespace = info.namespace || NAMESPACE;
  try {
    // Created like in an operation; the name cannot conflict with another object here.
    await kube.create(infos, { namespace });
    const { group, version, plural } = info.resource;
    const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    const path = `${base}${info.namespace === "" ? "" : `/namespaces/${info.namespace}`}/${plural}/${info.name}`;
    return await (await cluster.transport({ method: "GET", path })).json() as KubeObject;
  } catch (error) {
    // The message may contain the managed fields, and each creation has a unique manager name.
    if (error instanceof SkegError) {
      return error.message.replaceAll(/"(manager|time)":"[^"]*"/g, '"$1":…');
    }
    throw error;
  } finally {
    await kube.delete(infos, { timeoutSeconds: 20 }).catch(() => {});
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
