/**
 * Fields that the API server does not let a client change, by kind. Pure.
 *
 * Source: Kubernetes 1.34, the `ValidateUpdate` functions of its API groups.
 */
import { isObject, type JsonObject, type KubeObject, type ResourceInfo, STATEFUL_SET_MUTABLE } from "../../kube/mod.ts";
import { type FieldDifference, fieldDifference } from "../../kube/served/mod.ts";

/** The immutable fields of a kind: paths of fields, or a function for kinds that have other rules. */
type Rule = readonly string[] | ((manifest: KubeObject, live: KubeObject) => readonly string[]);

/** All fields of `spec` that a manifest sets, without some. */
const specWithout = (...mutable: readonly string[]): Rule => ({ spec }) =>
  isObject(spec) ? Object.keys(spec).filter((key) => !mutable.includes(key)).map((key) => `spec.${key}`) : [];

const RULES: Readonly<Record<string, Rule>> = {
  Deployment: ["spec.selector"],
  DaemonSet: ["spec.selector"],
  ReplicaSet: ["spec.selector"],
  StatefulSet: specWithout(...STATEFUL_SET_MUTABLE),
  Job: ["spec.selector", "spec.template", "spec.completionMode", "spec.podFailurePolicy"],
  // Without a value in the manifest, the server keeps the address that it gave.
  Service: ["spec.clusterIP"],
  PersistentVolumeClaim: specWithout("resources", "volumeAttributesClassName"),
  PersistentVolume: specWithout(
    "capacity",
    "accessModes",
    "claimRef",
    "persistentVolumeReclaimPolicy",
    "mountOptions",
    "storageClassName",
    "volumeAttributesClassName",
    "nodeAffinity",
  ),
  StorageClass: ["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"],
  RoleBinding: ["roleRef"],
  ClusterRoleBinding: ["roleRef"],
  PriorityClass: ["value", "preemptionPolicy"],
  IngressClass: ["spec.controller"],
  RuntimeClass: ["handler"],
  CustomResourceDefinition: ["spec.group", "spec.scope", "spec.names.kind", "spec.names.plural"],
  Secret: ["type"],
};

/** Groups of Kubernetes' own kinds: a kind of the same name elsewhere has rules of its own. */
const OWN_GROUPS = /^$|^(apps|batch|extensions|policy)$|\.k8s\.io$/;

/** True for a kind that has such fields. */
export function hasImmutableFields({ resource }: Pick<ResourceInfo, "resource">): boolean {
  return OWN_GROUPS.test(resource.group) && (Object.hasOwn(RULES, resource.kind) || resource.kind === "ConfigMap");
}

/**
 * Returns the first immutable field in which a live object differs from a manifest's; `undefined` if there is none.
 *
 * Texts of values that may be secret are left out, and data of Secrets is never shown.
 */
export function immutableDifference(manifest: KubeObject, live: KubeObject): FieldDifference | undefined {
  const { apiVersion = "", kind = "" } = manifest;
  const group = apiVersion.includes("/") ? apiVersion.split("/", 1)[0] ?? "" : "";
  if (!OWN_GROUPS.test(group)) return undefined;
  const rule = Object.hasOwn(RULES, kind) ? RULES[kind] ?? [] : [];
  const paths = typeof rule === "function" ? rule(manifest, live) : rule;
  for (const path of paths) {
    const [wanted, found] = [at(manifest, path), at(live, path)];
    const different = path === "spec.selector"
      ? selectorDifference(wanted, found, kind)
      : fieldDifference(wanted, found, path);
    if (different !== undefined) return different;
  }
  return frozenDifference(manifest, live);
}

/** Compares selectors both ways: a label that only the live one has counts, too. */
function selectorDifference(wanted: unknown, live: unknown, kind: string): FieldDifference | undefined {
  const forward = fieldDifference(wanted, live, "spec.selector");
  // The server adds labels to the selector of a Job that no manifest has.
  if (forward !== undefined || wanted === undefined || kind === "Job") return forward;
  const backward = fieldDifference(live, wanted, "spec.selector");
  return backward && { path: backward.path, live: backward.wanted, wanted: backward.live };
}

/** ConfigMaps and Secrets that were made immutable; only the name of the field is told. */
function frozenDifference(manifest: KubeObject, live: KubeObject): FieldDifference | undefined {
  if (live.immutable !== true || manifest.kind !== "ConfigMap" && manifest.kind !== "Secret") return undefined;
  if (manifest.immutable !== true) {
    return { path: "immutable", live: "true", wanted: String(manifest.immutable ?? false) };
  }
  const [wanted, found] = [dataOf(manifest), dataOf(live)];
  const keys = new Set([...wanted.keys(), ...found.keys()]);
  const key = [...keys].find((each) => wanted.get(each) !== found.get(each));
  if (key === undefined) return undefined;
  const told = (values: ReadonlyMap<string, string>): string => values.has(key) ? "another value" : "absent";
  return { path: `data.${key}`, live: told(found), wanted: told(wanted) };
}

/** Returns the entries of a ConfigMap or Secret in base64; `stringData` overrides `data`, as on the server. */
function dataOf({ kind, data, binaryData, stringData }: KubeObject): ReadonlyMap<string, string> {
  const entries = (value: unknown): [string, string][] =>
    Object.entries(isObject(value) ? value : {}).map(([key, text]) => [key, String(text ?? "")]);
  const encoded = (value: unknown): [string, string][] =>
    entries(value).map(([key, text]) => [key, new TextEncoder().encode(text).toBase64()]);
  return new Map(
    kind === "Secret" ? [...entries(data), ...encoded(stringData)] : [...encoded(data), ...entries(binaryData)],
  );
}

function at(object: KubeObject, path: string): unknown {
  let found: unknown = object;
  for (const key of path.split(".")) {
    found = isObject(found) && Object.hasOwn(found, key) ? (found as JsonObject)[key] : undefined;
  }
  return found ?? undefined;
}
