/**
 * Fields that API servers refuse to change. Used where the server cannot be asked, so a finding of this table is our opinion.
 *
 * Source: Kubernetes 1.34, `pkg/apis/<group>/validation/validation.go`.
 *
 * @module
 */
import { isObject, type JsonObject, type KubeObject, sameJson, STATEFUL_SET_MUTABLE } from "../../../kube/mod.ts";

/** How a kind guards its fields. */
interface Rule {
  /** Paths that never change. */
  readonly fixed?: readonly string[];
  /** A map of which only these keys may change. */
  readonly only?: { readonly path: string; readonly keys: readonly string[] };
}

const RULES: Readonly<Record<string, Rule>> = {
  Deployment: { fixed: ["spec.selector"] },
  DaemonSet: { fixed: ["spec.selector"] },
  ReplicaSet: { fixed: ["spec.selector"] },
  StatefulSet: { only: { path: "spec", keys: STATEFUL_SET_MUTABLE } },
  Job: { fixed: ["spec.selector", "spec.template", "spec.completionMode", "spec.podFailurePolicy"] },
  PersistentVolumeClaim: { only: { path: "spec", keys: ["resources", "volumeAttributesClassName"] } },
  PersistentVolume: {
    only: {
      path: "spec",
      keys: [
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
      ],
    },
  },
  StorageClass: { fixed: ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"] },
  RoleBinding: { fixed: ["roleRef"] },
  ClusterRoleBinding: { fixed: ["roleRef"] },
  PriorityClass: { fixed: ["value", "preemptionPolicy"] },
  IngressClass: { fixed: ["spec.controller"] },
  RuntimeClass: { fixed: ["handler"] },
  CSIDriver: { fixed: ["spec.attachRequired"] },
  CustomResourceDefinition: { fixed: ["spec.group", "spec.scope", "spec.names.plural", "spec.names.kind"] },
  Secret: { fixed: ["type"] },
};

/** Returns the paths of fields that differ and may not, such as `spec.selector`. */
export function immutableChanges(live: KubeObject, result: KubeObject): string[] {
  const { fixed = [], only } = RULES[live.kind ?? ""] ?? {};
  const changed = fixed.filter((path) => at(live, path) !== undefined && !same(at(live, path), at(result, path)));
  return [...changed, ...frozen(live, result), ...only === undefined ? [] : othersIn(live, result, only)];
}

function othersIn(
  live: KubeObject,
  result: KubeObject,
  { path, keys }: { readonly path: string; readonly keys: readonly string[] },
): string[] {
  const [before, after] = [mapAt(live, path), mapAt(result, path)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !keys.includes(key) && !same(before[key], after[key])).map((key) => `${path}.${key}`);
}

/** ConfigMaps and Secrets that are marked as immutable, addresses of services, and versions of stored custom resources. */
function frozen(live: KubeObject, result: KubeObject): string[] {
  if (live.kind === "CustomResourceDefinition") return hasStoredVersions(live, result) ? [] : ["spec.versions"];
  if (live.immutable === true) {
    return ["data", "binaryData", "immutable"].filter((key) => !same(at(live, key), at(result, key)));
  }
  if (live.kind !== "Service") return [];
  const [before, after] = [at(live, "spec.clusterIP"), at(result, "spec.clusterIP")];
  const isSet = typeof before === "string" && before !== "" && before !== "None" || before === "None";
  return isSet && !same(before, after) && at(result, "spec.type") !== "ExternalName" ? ["spec.clusterIP"] : [];
}

/** True if every version in which custom resources are stored is still there. */
function hasStoredVersions(live: KubeObject, result: KubeObject): boolean {
  const [stored, versions] = [at(live, "status.storedVersions"), at(result, "spec.versions")];
  const names = Array.isArray(versions) ? versions.map((version) => at(version, "name")) : [];
  return !Array.isArray(stored) || stored.every((name) => names.includes(name));
}

function at(object: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => isObject(inner) ? inner[key] : undefined, object);
}

function mapAt(object: KubeObject, path: string): JsonObject {
  const found = at(object, path);
  return isObject(found) ? found : {};
}

function same(a: unknown, b: unknown): boolean {
  return a === b || a !== undefined && b !== undefined && sameJson(a as JsonObject, b as JsonObject);
}
