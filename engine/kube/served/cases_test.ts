/**
 * Compares manifests of public charts with the results of Kubernetes' own conversion.
 *
 * The reference has all defaults written out. Our result must equal it without the defaults of the newer
 * version, except for the differences listed here.
 */
import { equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { KubeObject } from "../../model/mod.ts";
import { mapRemovedApi } from "./map.ts";
import { isMap } from "./plain.ts";
import { isSameScalar } from "./immutable.ts";

interface Case {
  readonly id: string;
  readonly to: string;
  readonly in: KubeObject;
  readonly outWithAllDefaults: KubeObject;
}

/** Defaults of the newer versions, by path; `*` is any place in a list. */
const DEFAULTS: ReadonlyMap<string, readonly unknown[]> = new Map<string, readonly unknown[]>([
  ["pod.spec.containers.*.env.*.valueFrom.fieldRef.apiVersion", ["v1"]],
  ["pod.spec.containers.*.imagePullPolicy", ["Always", "IfNotPresent"]],
  ["pod.spec.containers.*.ports.*.protocol", ["TCP"]],
  ["pod.spec.containers.*.probe.failureThreshold", [3]],
  ["pod.spec.containers.*.probe.httpGet.scheme", ["HTTP"]],
  ["pod.spec.containers.*.probe.periodSeconds", [10]],
  ["pod.spec.containers.*.probe.successThreshold", [1]],
  ["pod.spec.containers.*.probe.timeoutSeconds", [1]],
  ["pod.spec.containers.*.terminationMessagePath", ["/dev/termination-log"]],
  ["pod.spec.containers.*.terminationMessagePolicy", ["File"]],
  ["pod.spec.dnsPolicy", ["ClusterFirst"]],
  ["pod.spec.restartPolicy", ["Always"]],
  ["pod.spec.schedulerName", ["default-scheduler"]],
  ["pod.spec.terminationGracePeriodSeconds", [30]],
  ["pod.spec.volumes.*.configMap.defaultMode", [420]],
  ["pod.spec.volumes.*.projected.defaultMode", [420]],
  ["pod.spec.volumes.*.secret.defaultMode", [420]],
  ["ports.*.protocol", ["TCP"]],
  ["preemptionPolicy", ["PreemptLowerPriority"]],
  ["reclaimPolicy", ["Delete"]],
  ["roleRef.apiGroup", ["rbac.authorization.k8s.io"]],
  ["spec.attachRequired", [true]],
  ["spec.behavior.scaleDown.selectPolicy", ["Max"]],
  ["spec.behavior.scaleUp.policies.*.periodSeconds", [15]],
  ["spec.behavior.scaleUp.policies.*.type", ["Pods", "Percent"]],
  ["spec.behavior.scaleUp.policies.*.value", [4, 100]],
  ["spec.behavior.scaleUp.selectPolicy", ["Max"]],
  ["spec.behavior.scaleUp.stabilizationWindowSeconds", [0]],
  ["spec.concurrencyPolicy", ["Allow"]],
  ["spec.conversion.strategy", ["None"]],
  ["spec.conversion.webhook.clientConfig.service.port", [443]],
  ["spec.failedJobsHistoryLimit", [1]],
  ["spec.fsGroupPolicy", ["ReadWriteOnceWithFSType"]],
  ["spec.limited.lendablePercent", [0]],
  ["spec.matchingPrecedence", [1000]],
  ["spec.metrics.*.resource.name", ["cpu"]],
  ["spec.metrics.*.resource.target.averageUtilization", [80]],
  ["spec.metrics.*.resource.target.type", ["Utilization"]],
  ["spec.metrics.*.type", ["Resource"]],
  ["spec.minReplicas", [1]],
  ["spec.persistentVolumeClaimRetentionPolicy.whenDeleted", ["Retain"]],
  ["spec.persistentVolumeClaimRetentionPolicy.whenScaled", ["Retain"]],
  ["spec.podInfoOnMount", [false]],
  ["spec.podManagementPolicy", ["OrderedReady"]],
  ["spec.policyTypes.*", ["Ingress", "Egress"]],
  ["spec.progressDeadlineSeconds", [600]],
  ["spec.replicas", [1]],
  ["spec.requiresRepublish", [false]],
  ["spec.revisionHistoryLimit", [10]],
  ["spec.seLinuxMount", [false]],
  ["spec.service.port", [443]],
  ["spec.storageCapacity", [false]],
  ["spec.strategy.rollingUpdate.maxSurge", ["25%"]],
  ["spec.strategy.rollingUpdate.maxUnavailable", ["25%"]],
  ["spec.strategy.type", ["RollingUpdate"]],
  ["spec.successfulJobsHistoryLimit", [3]],
  ["spec.suspend", [false]],
  ["spec.updateStrategy.rollingUpdate.partition", [0]],
  ["spec.updateStrategy.type", ["RollingUpdate"]],
  ["spec.volumeClaimTemplates.*.apiVersion", ["v1"]],
  ["spec.volumeClaimTemplates.*.kind", ["PersistentVolumeClaim"]],
  ["spec.volumeClaimTemplates.*.spec.volumeMode", ["Filesystem"]],
  ["spec.volumeClaimTemplates.*.status.phase", ["Pending"]],
  ["spec.volumeLifecycleModes.*", ["Persistent"]],
  ["subjects.*.apiGroup", ["rbac.authorization.k8s.io"]],
  ["volumeBindingMode", ["Immediate"]],
  ["webhooks.*.clientConfig.service.port", [443]],
  ["webhooks.*.reinvocationPolicy", ["Never"]],
  ["webhooks.*.rules.*.scope", ["*"]],
]);
/** Defaults that depend on other fields, fields that the server sets, and its refusal of the one CSR. */
const COMPUTED =
  /^(?:pod\.spec\.serviceAccount|spec\.names\.(?:listKind|singular)|status\..*|metadata\.annotations\.deprecated\.daemonset\.template\.generation|spec\.signerName)$/;
/** Intended differences between creation and conversion: sections 4 and 5 of the rules. */
const ON_PURPOSE =
  /^(?:spec\.preserveUnknownFields|spec\.versions\.\*\.schema\..*|webhooks\.\*\.sideEffects|spec\.scaleTargetRef\.apiVersion|spec\.metrics\.\*\.object\.describedObject\.apiVersion)$/;
/** Returns scalars by their path, without empty values. */
function scalars(
  value: unknown,
  path: readonly string[] = [],
  found = new Map<string, unknown>(),
): Map<string, unknown> {
  if (Array.isArray(value)) value.forEach((item, index) => scalars(item, [...path, String(index)], found));
  else if (isMap(value)) { for (const [key, inner] of Object.entries(value)) scalars(inner, [...path, key], found); }
  else if (value !== null && value !== undefined) found.set(path.join("\0"), value);
  return found;
}

/** The path with `*` for places in lists, and one name for all pods. */
function general(path: string): string {
  return path.split("\0").map((key) => /^\d+$/.test(key) ? "*" : key).join(".")
    .replace(/^spec\.(?:jobTemplate\.spec\.)?template\./, "pod.")
    .replace("initContainers", "containers")
    .replace(/(?:liveness|readiness)Probe/, "probe");
}

/** Values that the server leaves out when it shows an object. */
const ZERO: readonly unknown[] = ["", false, 0];

function difference(mine: KubeObject, reference: KubeObject, old: KubeObject): string {
  const got = scalars(mine), want = scalars(reference), given = scalars(old);
  for (const [path, value] of got) {
    const at = general(path);
    if (ON_PURPOSE.test(at)) continue;
    const other = want.get(path);
    // Fields that the server does not know are kept.
    if (!want.has(path) && !ZERO.includes(value) && given.get(path) !== value) return `${at}: ${value} is too much`;
    // An empty group is absent, and absent it has a default.
    if (value === "" && DEFAULTS.get(at)?.includes(other)) continue;
    if (want.has(path) && !isSameScalar(value, other)) return `${at}: ${value}, not ${other}`;
  }
  for (const [path, value] of want) {
    const at = general(path);
    if (got.has(path) || ON_PURPOSE.test(at) || COMPUTED.test(at) || ZERO.includes(value)) continue;
    if (!DEFAULTS.get(at)?.includes(value)) return `${at}: ${value} is missing`;
  }
  return "";
}

const text = readFileSync(new URL("../../../testdata/removed_apis/cases.jsonl", import.meta.url), "utf8");
const cases = text.split("\n").filter((line) => line !== "").map((line): Case => JSON.parse(line));

Deno.test("the cases are all here", () => equal(cases.length, 377));

for (const [group, list] of Map.groupBy(cases, ({ in: { apiVersion, kind } }) => `${apiVersion} ${kind}`)) {
  Deno.test(`mapRemovedApi() makes of ${group} what Kubernetes makes of it`, () => {
    for (const { id, to, in: old, outWithAllDefaults } of list) {
      const { object } = mapRemovedApi(old, { isServed: (apiVersion) => apiVersion === to, allowLossy: true });
      equal(`${id}: ${difference(object, outWithAllDefaults, old)}`, `${id}: `);
    }
  });
}
