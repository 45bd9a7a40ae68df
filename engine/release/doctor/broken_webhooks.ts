/**
 * C6: webhooks that fail closed have no server, so that the API server refuses writes of a release's objects.
 *
 * @module
 */
import { counted, messageOf } from "../../base/mod.ts";
import type { KubeObject } from "../../model/mod.ts";
import {
  type ApiResource,
  type DiscoverySnapshot,
  isObject,
  type JsonObject,
  listPaged,
  type NamedObject,
  type ResourceInfo,
} from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import { listOrNote } from "./broken_apis.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { isRefused } from "./_refused.ts";
import type { DoctorCheck, Examination, PlacedFinding } from "./examination.ts";
import type { FindingFact } from "./finding.ts";

/** C6, for webhooks. */
export const brokenWebhooks: DoctorCheck = {
  id: "C6",
  name: "webhook-down",
  scope: "cluster",
  async look(examination) {
    const group = "admissionregistration.k8s.io";
    const configurations = [
      ...await listOrNote(examination, group, "MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
      ...await listOrNote(examination, group, "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
    ];
    const closed = configurations.flatMap(closedWebhooks);
    if (closed.length === 0) return [];
    const snapshot = await clusterFacts(examination).snapshot();
    const facts: FindingFact[] = [];
    for (const webhook of closed) {
      const releases = await releasesUnder(webhook, examination, snapshot);
      if (releases.length === 0) continue;
      const problem = await serviceProblem(examination, webhook);
      if (problem === "") continue;
      const named = releases.slice(0, 5).map((name) => JSON.stringify(name)).join(", ");
      const more = releases.length > 5 ? ` and ${releases.length - 5} more` : "";
      facts.push({
        source: `webhook ${webhook.name} of ${webhook.configuration}`,
        text: `${problem}; it is asked about objects of ${named}${more}`,
      });
    }
    return facts.length === 0 ? [] : [finding(facts)];
  },
};

function finding(facts: readonly FindingFact[]): PlacedFinding {
  return {
    severity: "broken",
    title: `${counted(facts.length, "webhook that must answer has", "webhooks that must answer have")} no server`,
    evidence: facts,
    consequence:
      "The API server refuses to create or change the objects that the webhook is asked about: upgrades fail.",
    noRepair: "start the webhook's server again, or delete its configuration by name if the server is gone for good",
  };
}

/** A webhook whose failure refuses the request, and the Service that answers for it. */
export interface ClosedWebhook {
  /** Name of the webhook. */
  readonly name: string;
  /** Kind and name of its configuration. */
  readonly configuration: string;
  /** Namespace of the Service. */
  readonly namespace: string;
  /** Name of the Service. */
  readonly service: string;
  /** Its rules. */
  readonly rules: readonly JsonObject[];
  /** Selects namespaces by labels; absent: all. */
  readonly namespaceSelector?: JsonObject | undefined;
  /** Selects objects by labels; absent: all. */
  readonly objectSelector?: JsonObject | undefined;
}

/** Returns the webhooks of a configuration that fail closed and are served in the cluster. Pure. */
export function closedWebhooks({ kind, metadata, webhooks }: KubeObject): ClosedWebhook[] {
  const all = Array.isArray(webhooks) ? webhooks.filter(isObject) : [];
  return all.flatMap(({ name, failurePolicy, clientConfig, rules, namespaceSelector, objectSelector }) => {
    const { service } = isObject(clientConfig) ? clientConfig : {} as JsonObject;
    if (failurePolicy === "Ignore" || !isObject(service)) return [];
    return [{
      name: String(name ?? ""),
      configuration: `${kind ?? "configuration"} ${metadata?.name}`,
      namespace: String(service.namespace ?? ""),
      service: String(service.name ?? ""),
      rules: Array.isArray(rules) ? rules.filter(isObject) : [],
      ...isObject(namespaceSelector) ? { namespaceSelector } : {},
      ...isObject(objectSelector) ? { objectSelector } : {},
    }];
  });
}

/** Returns the releases that have an object that a webhook is asked about, in the order of names. */
async function releasesUnder(
  webhook: ClosedWebhook,
  examination: Examination,
  snapshot: DiscoverySnapshot,
): Promise<string[]> {
  const resources = new Map<string, ApiResource | undefined>();
  const coveredResource = ({ group, kind }: NamedObject): ApiResource | undefined => {
    const key = `${group}/${kind}`;
    if (!resources.has(key)) {
      const found = snapshot.resourceOf(group, kind);
      const isCovered = webhook.rules.some((rule) => ruleCovers(rule, group, found?.plural ?? ""));
      resources.set(key, isCovered ? found : undefined);
    }
    return resources.get(key);
  };
  const names = new Set<string>();
  for (const { release, namespace, objects } of examination.deployedObjects) {
    const infos = objects.flatMap((object): ResourceInfo[] => {
      const resource = coveredResource(object);
      if (resource === undefined) return [];
      const place = resource.namespaced ? object.namespace || namespace : "";
      return [{ resource, name: object.name, namespace: place, object: {} }];
    });
    if (await isAnySelected(webhook, examination, infos)) names.add(release);
  }
  return [...names].sort();
}

/** True if the selectors of a webhook choose one of these objects, by the labels of the live ones. */
async function isAnySelected(
  { namespaceSelector = {}, objectSelector = {} }: ClosedWebhook,
  examination: Examination,
  infos: readonly ResourceInfo[],
): Promise<boolean> {
  const facts = clusterFacts(examination);
  for (const info of infos) {
    if (info.namespace !== "" && Object.keys(namespaceSelector).length > 0) {
      const look = await facts.namespace(info.namespace);
      if (typeof look === "string" || !isSelected(namespaceSelector, look.metadata?.labels ?? {})) continue;
    }
    if (Object.keys(objectSelector).length === 0) return true;
    const [live] = (await facts.metadata.find([info])).values();
    if (live !== undefined && !live.isUnread && isSelected(objectSelector, live.metadata.labels ?? {})) return true;
  }
  return false;
}

/** True if a selector with `matchLabels` and `matchExpressions` chooses labels. Pure. */
export function isSelected(selector: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels, matchExpressions } = selector;
  const pairs = Object.entries(isObject(matchLabels) ? matchLabels : {});
  const expressions = Array.isArray(matchExpressions) ? matchExpressions.filter(isObject) : [];
  return pairs.every(([key, value]) => labels[key] === value) && expressions.every(({ key, operator, values }) => {
    const label = labels[String(key)];
    const isListed = label !== undefined && Array.isArray(values) && values.includes(label);
    switch (operator) {
      case "In":
        return isListed;
      case "NotIn":
        return !isListed;
      case "Exists":
        return label !== undefined;
      default:
        return label === undefined;
    }
  });
}

/** True if a rule of a webhook covers writes of a resource. Pure. */
export function ruleCovers({ apiGroups, resources, operations }: JsonObject, group: string, plural: string): boolean {
  const has = (list: unknown, ...wanted: readonly string[]): boolean =>
    Array.isArray(list) && list.some((item) => wanted.includes(String(item)));
  return plural !== "" && has(apiGroups, "*", group) && has(resources, "*", "*/*", plural) &&
    has(operations, "*", "CREATE", "UPDATE", "DELETE");
}

/** Returns why a webhook's Service cannot answer; empty if it can. */
async function serviceProblem(
  { env, noteUnseen }: Examination,
  { namespace, service }: ClosedWebhook,
): Promise<string> {
  const { transport } = env.kube.cluster;
  const slices: ApiResource = {
    group: "discovery.k8s.io",
    version: "v1",
    kind: "EndpointSlice",
    plural: "endpointslices",
    namespaced: true,
  };
  const services: ApiResource = { group: "", version: "v1", kind: "Service", plural: "services", namespaced: true };
  try {
    const options = callOptions(env);
    const fieldSelector = `metadata.name=${service}`;
    const [found] = await listPaged(transport, services, namespace, { ...options, fieldSelector, whole: true }) ?? [];
    if (found === undefined) return `Service ${namespace}/${service} does not exist`;
    if (isObject(found.spec) && found.spec.type === "ExternalName") return "";
    const labelSelector = `kubernetes.io/service-name=${service}`;
    const all = await listPaged(transport, slices, namespace, { ...options, labelSelector, whole: true }) ?? [];
    return all.some(isReady) ? "" : `Service ${namespace}/${service} has no ready pod`;
  } catch (error) {
    if (!isRefused(error)) throw error;
    noteUnseen(`Service ${namespace}/${service} of a webhook`, messageOf(error));
    return "";
  }
}

function isReady({ endpoints }: KubeObject): boolean {
  const all = Array.isArray(endpoints) ? endpoints.filter(isObject) : [];
  return all.some(({ conditions }) => !isObject(conditions) || conditions.ready !== false);
}
