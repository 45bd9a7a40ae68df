/**
 * Annotations, fields and volumes that lost their meaning in kinds that stay.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { at, isEmpty, listAt, mapAt, textAt } from "../plain.ts";
import { compareReleases } from "../successor.ts";

/** Something that had a meaning up to a release. */
interface Lost {
  /** An annotation, or the beginning of one when it ends with `/`. */
  readonly key: string;
  /** First release in which it has none. */
  readonly since: string;
  /** What to use. */
  readonly instead: string;
  /** True when it still works beside its successor. */
  readonly isSuperseded?: boolean;
}

const OF_PODS: readonly Lost[] = [
  { key: "scheduler.alpha.kubernetes.io/critical-pod", since: "1.16", instead: "priorityClassName" },
  { key: "pod.alpha.kubernetes.io/init-containers", since: "1.8", instead: "initContainers" },
  { key: "pod.beta.kubernetes.io/init-containers", since: "1.8", instead: "initContainers" },
  { key: "seccomp.security.alpha.kubernetes.io/pod", since: "1.27", instead: "securityContext.seccompProfile" },
  { key: "container.seccomp.security.alpha.kubernetes.io/", since: "1.27", instead: "securityContext.seccompProfile" },
  {
    key: "container.apparmor.security.beta.kubernetes.io/",
    since: "1.30",
    instead: "securityContext.appArmorProfile",
    isSuperseded: true,
  },
  { key: "kubernetes.io/psp", since: "1.25", instead: "labels of Pod Security admission on the namespace" },
];
const OF_SERVICES: readonly Lost[] = [
  {
    key: "service.alpha.kubernetes.io/tolerate-unready-endpoints",
    since: "1.24",
    instead: "spec.publishNotReadyAddresses",
  },
];
const OF_NAMESPACES: readonly Lost[] = [
  { key: "net.beta.kubernetes.io/network-policy", since: "1.7", instead: "a NetworkPolicy that selects all pods" },
];

/** Types of volumes whose driver left Kubernetes. */
const VOLUMES: ReadonlyMap<string, string> = new Map([
  ["scaleIO", "1.22"],
  ["flocker", "1.25"],
  ["quobyte", "1.25"],
  ["storageos", "1.25"],
  ["glusterfs", "1.26"],
  ["rbd", "1.31"],
  ["cephfs", "1.31"],
]);

/**
 * Returns a line for each thing that has no effect.
 *
 * @param release Such as `1.25`; things that lose their meaning later are left out. Empty: all are told.
 */
export function lostMeaning(object: KubeObject, release: string): string[] {
  const isDue = (since: string) => release === "" || compareReleases(since, release) <= 0;
  const lost = (annotations: unknown, path: string, list: readonly Lost[]): string[] =>
    Object.keys(mapAt(annotations)).flatMap((key) =>
      list.filter((each) => isDue(each.since) && (each.key.endsWith("/") ? key.startsWith(each.key) : key === each.key))
        .map((each) => `${path}: ${textOf(key, each)}`)
    );
  const annotations = at(object, "metadata", "annotations");
  if (object.kind === "Service") return lost(annotations, "metadata.annotations", OF_SERVICES);
  if (object.kind === "Namespace") return lost(annotations, "metadata.annotations", OF_NAMESPACES);
  return [
    ...podsOf(object).flatMap(({ pod, path }) => [
      ...lost(at(pod, "metadata", "annotations"), `${path}metadata.annotations`, OF_PODS),
      ...listAt(pod, "spec", "volumes").flatMap((volume, index) =>
        volumes(volume, `${path}spec.volumes[${index}]`, isDue)
      ),
    ]),
    ...(object.kind === "PersistentVolume" ? volumes(object.spec, "spec", isDue) : []),
    ...(object.kind === "StorageClass" ? provisioner(object, isDue) : []),
    ...(object.kind === "PodDisruptionBudget" ? budget(object) : []),
    ...(object.kind === "Ingress" ? ingressClass(object) : []),
  ];
}

function textOf(key: string, { since, instead, isSuperseded }: Lost): string {
  const what = isSuperseded ? "is superseded" : "has no effect";
  return `${key} ${what} since Kubernetes ${since}; use ${instead}`;
}

type IsDue = (since: string) => boolean;

function volumes(volume: unknown, path: string, isDue: IsDue): string[] {
  return Object.keys(mapAt(volume)).flatMap((type) => {
    const since = VOLUMES.get(type);
    return since !== undefined && isDue(since)
      ? [`${path}: volumes of type ${type} do not work since Kubernetes ${since}; use a CSI driver`]
      : [];
  });
}

function provisioner(object: KubeObject, isDue: IsDue): string[] {
  const name = textAt(object, "provisioner");
  return [...VOLUMES].filter(([type, since]) => name === `kubernetes.io/${type.toLowerCase()}` && isDue(since))
    .map(([, since]) => `provisioner ${name} does not work since Kubernetes ${since}; use a CSI driver`);
}

/** In v1beta1 an empty selector selects nothing, which is a mistake of the chart. */
function budget(object: KubeObject): string[] {
  const selector = at(object, "spec", "selector");
  const isNothing = selector === undefined || object.apiVersion === "policy/v1beta1" &&
      isEmpty(at(selector, "matchLabels")) && isEmpty(at(selector, "matchExpressions"));
  return isNothing ? ["spec.selector selects no pods: the budget protects nothing"] : [];
}

const CLASS = "kubernetes.io/ingress.class";

/** Current servers refuse both ways to name a class at creation, unless they agree. */
function ingressClass(object: KubeObject): string[] {
  const named = textAt(object, "spec", "ingressClassName");
  const noted = textAt(object, "metadata", "annotations", CLASS);
  if (named === "" || noted === "" || named === noted) return [];
  return [`spec.ingressClassName is ${named} and annotation ${CLASS} is ${noted}; new objects may have one of them`];
}

interface Pod {
  readonly pod: unknown;
  readonly path: string;
}

/** The pod of an object, or the template of its pods. */
function podsOf(object: KubeObject): Pod[] {
  const paths = object.kind === "Pod"
    ? [[]]
    : [["template"], ["spec", "template"], ["spec", "jobTemplate", "spec", "template"]];
  return paths.flatMap((keys) => {
    const pod = at(object, ...keys);
    return pod === undefined ? [] : [{ pod, path: keys.map((key) => `${key}.`).join("") }];
  });
}
