/**
 * Releases of Helm 2 that a story writes itself, and what is read of them.
 *
 * @module
 */
import { type ReleaseSketch, someRelease } from "../../_lib/releases.ts";
import type { StatusCode } from "../../../engine/model/mod.ts";
import { until } from "../../_lib/processes.ts";
import type { Lab } from "./_lab.ts";

/** Returns a manifest with one ConfigMap. */
export function configManifest(name: string): string {
  return `\n---\n# Source: site/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
}

/** Makes a namespace; one that is there stays. */
export async function makeNamespace(lab: Lab, name: string): Promise<void> {
  await lab.send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
}

/** Stores a release in its own namespace, and its object. The first status is that of revision 1. */
export async function put(
  lab: Lab,
  name: string,
  statuses: readonly StatusCode[],
  more: ReleaseSketch = {},
): Promise<void> {
  await makeNamespace(lab, name);
  await lab.send("POST", `/api/v1/namespaces/${name}/configmaps`, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name },
  });
  for (const [at, status] of statuses.entries()) {
    await lab.driver().create(
      someRelease({ name, namespace: name, manifest: configManifest(name), ...more, revision: at + 1, status }),
    );
  }
}

/** An object of a list, as far as stories look at it. */
interface Listed {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}

/** Lists objects by label. */
export async function listed(lab: Lab, path: string, selector: string): Promise<readonly Listed[]> {
  const list = await lab.read(`${path}?labelSelector=${encodeURIComponent(selector)}`) as unknown as {
    readonly items: readonly Listed[];
  };
  return list.items;
}

/** Returns the names of a release's Secrets of Helm 3, in all namespaces. */
export async function secretsOf(lab: Lab, name: string): Promise<string[]> {
  return (await listed(lab, "/api/v1/secrets", `owner=helm,name=${name}`)).map(({ metadata }) => metadata.name);
}

/** Returns what a migration may change: Helm 2's records, those of Helm 3, the journal and the live object, by version. */
export async function versionsOf(lab: Lab, name: string): Promise<string[]> {
  const found = await Promise.all([
    listed(lab, "/api/v1/configmaps", `NAME=${name}`),
    listed(lab, "/api/v1/secrets", `owner=helm,name=${name}`),
    lab.read(`/api/v1/namespaces/${name}/configmaps/${name}`),
  ]);
  return found.flat().map((one) => `${one?.metadata?.name} ${one?.metadata?.resourceVersion}`);
}

/** The request that {@linkcode refusing} refuses. */
export interface Refusal {
  readonly operation: "CREATE" | "DELETE";
  /** Such as `secrets`. */
  readonly resource: string;
  readonly namespace: string;
  /** Name of the object. */
  readonly name: string;
}

/** Runs `work` while the API server refuses one request, by a policy of its own. */
export async function refusing(lab: Lab, refusal: Refusal, work: () => Promise<void>): Promise<void> {
  const { operation, resource, namespace, name } = refusal;
  const policy = `lab-${operation.toLowerCase()}-${name}`;
  const group = "admissionregistration.k8s.io/v1";
  const base = `/apis/${group}`;
  const object = operation === "CREATE" ? "object" : "oldObject";
  await lab.send("POST", `${base}/validatingadmissionpolicies`, {
    apiVersion: group,
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: policy },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: [operation], resources: [resource] }],
      },
      validations: [{ expression: `${object}.metadata.name != "${name}"`, message: "the lab refuses it" }],
    },
  });
  await lab.send("POST", `${base}/validatingadmissionpolicybindings`, {
    apiVersion: group,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: policy },
    spec: { policyName: policy, validationActions: ["Deny"] },
  });
  const path = `/api/v1/namespaces/${namespace}/${resource}`;
  const probe = (): Promise<number> =>
    operation === "DELETE"
      ? lab.send("DELETE", `${path}/${name}?dryRun=All`)
      : lab.send("POST", `${path}?dryRun=All`, { apiVersion: "v1", kind: "Secret", metadata: { name } });
  try {
    await until(async () => await probe() === 422, () => "the policy does not refuse anything");
    await work();
  } finally {
    await lab.send("DELETE", `${base}/validatingadmissionpolicybindings/${policy}`);
    await lab.send("DELETE", `${base}/validatingadmissionpolicies/${policy}`);
    await until(async () => await probe() < 300, () => "the policy goes on refusing");
  }
}
