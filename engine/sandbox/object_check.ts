/**
 * Says what the API server would refuse in an object, without keeping the object.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { checkFields, type ObjectProblem } from "./field_check.ts";
import { isMap, mapsOf } from "./json.ts";
import { createRegistry, customResources, isBuiltInGroup, type Resource } from "./registry.ts";
import { openSandbox, type Sandbox } from "./sandbox.ts";
import { getSchema } from "./schema.ts";

/** The release of Kubernetes whose kinds and rules the sandbox has. */
export const SANDBOX_RELEASE = "1.34";

/** Checks objects, one after the other. Close it after use. */
export interface ObjectChecker {
  /** True if the sandbox serves the kind. */
  knows(apiVersion: string, kind: string): boolean;
  /** True if the API group is one of Kubernetes itself, so that a kind which it does not have is a mistake. */
  isBuiltIn(apiVersion: string): boolean;
  /**
   * Returns what the server would refuse: unknown and mistyped fields, invalid names, labels and other values. Empty for kinds
   * that the sandbox does not serve. Refusals for the state of a cluster, such as a missing namespace, are not among them.
   */
  check(object: KubeObject): Promise<ObjectProblem[]>;
  /** Frees the memory. */
  close(): Promise<void>;
}

/**
 * Opens a checker.
 *
 * @param definitions CustomResourceDefinitions: their kinds are checked, too. Those that the server refuses define nothing.
 */
export async function openObjectChecker(definitions: readonly KubeObject[] = []): Promise<ObjectChecker> {
  const sandbox = await openSandbox();
  const create = async (path: string, body: unknown) => {
    const answer = await sandbox.transport({ method: "POST", path, body: JSON.stringify(body) });
    return { status: answer.status, text: await answer.text() };
  };
  for (const crd of definitions) await create(CRD_PATH, crd);
  const custom = definitions.length === 0 ? [] : await established(sandbox);
  const registry = createRegistry(custom);
  const resourceOf = (apiVersion: string, kind: string): Resource | undefined =>
    registry.ofKind(...groupOf(apiVersion), kind);
  const schema = getSchema();
  const namespaces = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);
  return {
    knows: (apiVersion, kind) => resourceOf(apiVersion, kind) !== undefined,
    isBuiltIn: (apiVersion) => isBuiltInGroup(groupOf(apiVersion)[0]),
    async check(object) {
      const { apiVersion = "", kind = "" } = object;
      const resource = resourceOf(apiVersion, kind);
      if (resource === undefined || !resource.verbs.includes("create")) return [];
      const [group, version] = groupOf(apiVersion);
      const type = schema.kind(group, version, kind);
      const problems = type === undefined ? [] : checkFields(schema, type, object);
      // Unknown fields do not keep the server from looking at the others; a wrong type does.
      if (problems.some(({ text }) => text.startsWith("wants "))) return problems;
      const namespace = textOr(object.metadata?.namespace, "default");
      if (resource.namespaced && !namespaces.has(namespace)) {
        namespaces.add(namespace);
        await create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
      }
      const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
      const place = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
      const { status, text } = await create(`${root}${place}/${resource.plural}?dryRun=All`, object);
      return status < 400 ? problems : [...problems, ...refusals(status, text)];
    },
    close: () => sandbox.close(),
  };
}

const CRD_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Waits until the server serves the kinds of its CRDs, and returns them. */
async function established(sandbox: Sandbox): Promise<Resource[]> {
  await sandbox.settle();
  const answer = await sandbox.transport({ method: "GET", path: CRD_PATH });
  const { items }: { items: KubeObject[] } = JSON.parse(await answer.text());
  return items.flatMap(customResources);
}

function groupOf(apiVersion: string): [string, string] {
  const at = apiVersion.indexOf("/");
  return at < 0 ? ["", apiVersion] : [apiVersion.slice(0, at), apiVersion.slice(at + 1)];
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" && value !== "" ? value : otherwise;
}

const BAD_REQUEST = 400;
const INVALID = 422;

/** Returns the problems of a Status; those that depend on the state of a cluster are left out. */
function refusals(status: number, text: string): ObjectProblem[] {
  if (status !== BAD_REQUEST && status !== INVALID) return [];
  const answer: unknown = JSON.parse(text);
  if (!isMap(answer)) return [];
  const causes = isMap(answer["details"]) ? mapsOf(answer["details"]["causes"]) : [];
  if (causes.length === 0) return [{ path: [], text: `${answer["message"]}` }];
  return causes.map(({ field, message }) => ({ path: fieldPath(`${field ?? ""}`), text: `${message}` }));
}

/** Reads a path as the server writes it: `spec.ports[0].port`, `metadata.annotations[a.b/c]`. */
function fieldPath(text: string): (string | number)[] {
  return Array.from(text.matchAll(/\[([^\]]*)\]|[^.[\]]+/g), ([part, inner]) => {
    if (inner === undefined) return part;
    return /^\d+$/.test(inner) ? Number(inner) : inner;
  });
}
