/**
 * C6: aggregated APIs are down, and webhooks that fail closed have no server.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { type ApiResource, type DiscoverySnapshot, isObject, type JsonObject, listPaged } from "../../kube/mod.ts";
import { callOptions, messageOf } from "../_calls.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { isRefused } from "./_refused.ts";
import { countOf } from "./_object_words.ts";
import type { DoctorCheck, Examination, PlacedFinding } from "./examination.ts";
import type { FindingFact } from "./finding.ts";

/** C6, for aggregated APIs. */
export const brokenApis: DoctorCheck = {
  id: "C6",
  name: "api-down",
  scope: "cluster",
  async look(examination) {
    const services = await listOrNote(examination, "apiregistration.k8s.io", "APIService", "apiservices");
    const facts = services.flatMap(downFacts);
    await noteUnlisted(examination);
    return facts.length === 0 ? [] : [{
      severity: "warning",
      title: `${countOf(facts.length, "aggregated API is", "aggregated APIs are")} down`,
      evidence: facts,
      consequence: "Objects of its kinds cannot be read or changed, and no namespace can be deleted completely.",
      noRepair: "start its server again, or delete the APIService by name if the server is gone for good",
    }];
  },
};

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
      const releases = releasesUnder(webhook, examination, snapshot);
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
    title: `${countOf(facts.length, "webhook that must answer has", "webhooks that must answer have")} no server`,
    evidence: facts,
    consequence:
      "The API server refuses to create or change the objects that the webhook is asked about: upgrades fail.",
    noRepair: "start the webhook's server again, or delete its configuration by name if the server is gone for good",
  };
}

async function listOrNote(
  examination: Examination,
  group: string,
  kind: string,
  plural: string,
): Promise<KubeObject[]> {
  const { env, noteUnseen } = examination;
  const resource: ApiResource = { group, version: "v1", kind, plural, namespaced: false };
  try {
    return await listPaged(env.kube.cluster.transport, resource, "", { ...callOptions(env), whole: true }) ?? [];
  } catch (error) {
    if (!isRefused(error)) throw error;
    noteUnseen(`${plural}.${group}`, messageOf(error));
    return [];
  }
}

/** Returns why an APIService with a server of its own is down; empty if it is not. Pure. */
export function downFacts({ metadata, spec, status }: KubeObject): FindingFact[] {
  const { service } = isObject(spec) ? spec : {} as JsonObject;
  if (!isObject(service)) return [];
  const conditions = isObject(status) && Array.isArray(status.conditions) ? status.conditions.filter(isObject) : [];
  const available = conditions.find(({ type }) => type === "Available");
  if (available === undefined || available.status === "True") return [];
  const why = [available.reason, available.message].filter((word) => typeof word === "string" && word !== "").join(
    ": ",
  );
  return [{
    source: `APIService ${metadata?.name}`,
    text: `its Service ${service.namespace}/${service.name} does not answer: ${why || "no reason given"}`,
  }];
}

/** Notes kinds that the server could not list, if a release has objects of them. */
async function noteUnlisted(examination: Examination): Promise<void> {
  const { discovered } = await clusterFacts(examination).snapshot();
  for (const version of discovered.failed) {
    const [group = ""] = version.split("/", 1);
    const users = examination.deployedObjects.filter(({ objects }) => objects.some((object) => object.group === group));
    if (users.length === 0) continue;
    const names = users.map(({ release }) => release).join(", ");
    examination.noteUnseen(
      `objects of ${version} (releases: ${names})`,
      "the server could not list the kinds of this API",
    );
  }
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
}

/** Returns the webhooks of a configuration that fail closed and are served in the cluster. Pure. */
export function closedWebhooks({ kind, metadata, webhooks }: KubeObject): ClosedWebhook[] {
  const all = Array.isArray(webhooks) ? webhooks.filter(isObject) : [];
  return all.flatMap(({ name, failurePolicy, clientConfig, rules, namespaceSelector }) => {
    const { service } = isObject(clientConfig) ? clientConfig : {} as JsonObject;
    if (failurePolicy === "Ignore" || !isObject(service)) return [];
    return [{
      name: String(name ?? ""),
      configuration: `${kind ?? "configuration"} ${metadata?.name}`,
      namespace: String(service.namespace ?? ""),
      service: String(service.name ?? ""),
      rules: Array.isArray(rules) ? rules.filter(isObject) : [],
      ...isObject(namespaceSelector) ? { namespaceSelector } : {},
    }];
  });
}

/** Returns the releases whose objects a webhook is asked about. */
function releasesUnder(
  webhook: ClosedWebhook,
  { deployedObjects }: Examination,
  snapshot: DiscoverySnapshot,
): string[] {
  const isAsked = new Map<string, boolean>();
  const names = deployedObjects.filter(({ objects }) =>
    objects.some(({ group, kind }) => {
      const key = `${group}/${kind}`;
      const plural = snapshot.resourceOf(group, kind)?.plural ?? "";
      const asked = isAsked.get(key) ?? webhook.rules.some((rule) => ruleCovers(rule, group, plural));
      isAsked.set(key, asked);
      return asked;
    })
  ).map(({ release }) => release);
  return [...new Set(names)].sort();
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
