/**
 * Services: Endpoints and EndpointSlices of the pods behind them, and an address for load
 * balancers.
 *
 * Source: `pkg/controller/endpoint/endpoints_controller.go` and `staging/src/k8s.io/endpointslice`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, isMap, type Json, mapOf, mapsOf, shortHash, textOf } from "../json.ts";
import {
  type Controller,
  createObject,
  editObject,
  type Happening,
  type Machine,
  metaOf,
  updateObject,
} from "../machine.ts";
import { deleteByKey } from "../deleting.ts";
import { selectorOf } from "../selectors.ts";
import { controlledBy, isReady, keyText, parseKey } from "./owned.ts";

/**
 * True if the service selects the labels. A service without selector selects nothing: its endpoints
 * are the user's.
 */
function selects(service: KubeObject, labels: Record<string, string>): boolean {
  const selector = mapOf(at(service, "spec", "selector"));
  return Object.keys(selector).length > 0 && selectorOf({ matchLabels: selector })(labels);
}

/**
 * Returns the port number on one pod that a service's port leads to. A target port may be the name
 * of a container's port.
 */
function portNumber(port: Json, pod: KubeObject): number | undefined {
  const target = port["targetPort"];
  if (typeof target === "number") return target;
  for (const container of mapsOf(at(pod, "spec", "containers"))) {
    const found = mapsOf(container["ports"]).find((p) => p["name"] === target && p["protocol"] === port["protocol"]);
    if (typeof found?.["containerPort"] === "number") return found["containerPort"];
  }
  return undefined;
}

function backends(machine: Machine, service: KubeObject): KubeObject[] {
  return machine.store.list("/pods", { namespace: service.metadata?.namespace }).filter((pod) =>
    selects(service, pod.metadata?.labels ?? {}) && textOf(at(pod, "status", "podIP")) !== "" &&
    !["Succeeded", "Failed"].includes(textOf(at(pod, "status", "phase")))
  );
}

function address(pod: KubeObject): Json {
  return {
    ip: at(pod, "status", "podIP"),
    nodeName: at(pod, "spec", "nodeName"),
    targetRef: {
      kind: "Pod",
      namespace: pod.metadata?.namespace,
      name: pod.metadata?.name,
      uid: pod.metadata?.uid,
    },
  };
}

/** Returns the ports as endpoints list them. A port whose name no container has is left out. */
function portsOf(service: KubeObject, pod: KubeObject | undefined): Json[] {
  return mapsOf(at(service, "spec", "ports")).flatMap((port) => {
    const number = pod === undefined ? undefined : portNumber(port, pod);
    if (number === undefined) return [];
    return [{
      ...(port["name"] === undefined ? {} : { name: port["name"] }),
      port: number,
      protocol: port["protocol"],
    }];
  });
}

function subsets(service: KubeObject, pods: readonly KubeObject[]): Json[] {
  if (pods.length === 0) return [];
  const counts = (pod: KubeObject): boolean => isReady(pod) || at(service, "spec", "publishNotReadyAddresses") === true;
  const [ready, waiting] = [pods.filter(counts), pods.filter((pod) => !counts(pod))];
  // A named target port may have another number in each pod; the first pod decides for all.
  const ports = portsOf(service, pods[0]);
  return [{
    ...(ready.length > 0 ? { addresses: ready.map(address) } : {}),
    ...(waiting.length > 0 ? { notReadyAddresses: waiting.map(address) } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  }];
}

/** Creates the object, or replaces it and keeps its uid, its time of creation and its generation. */
function put(machine: Machine, resource: string, object: KubeObject): void {
  const key = {
    resource,
    namespace: object.metadata?.namespace ?? "",
    name: object.metadata?.name ?? "",
  };
  const before = machine.store.get(key);
  if (before === undefined) {
    createObject(machine, resource, object);
    return;
  }
  const meta = metaOf(before);
  // `updateObject` compares with these, so an unchanged object is not written again.
  const kept = { uid: meta.uid, creationTimestamp: meta.creationTimestamp, generation: meta.generation };
  const next = { ...object, metadata: { ...object.metadata, ...kept } } as KubeObject;
  for (const [name, value] of Object.entries(kept)) if (value === undefined) delete metaOf(next)[name];
  updateObject(machine, resource, next, before);
}

function writeEndpoints(machine: Machine, service: KubeObject): void {
  const pods = backends(machine, service);
  const { name = "", namespace = "" } = service.metadata ?? {};
  const labels = service.metadata?.labels ?? {};
  const found = subsets(service, pods);
  put(machine, "/endpoints", {
    kind: "Endpoints",
    apiVersion: "v1",
    metadata: { name, namespace, labels: { ...labels, "endpoints.kubernetes.io/managed-by": "endpoint-controller" } },
    ...(found.length > 0 ? { subsets: found } : {}),
  });
  // In a slice a port without a name has the empty name; in Endpoints it has none.
  const ports = portsOf(service, pods[0]).map((port) => ({ name: "", ...port }));
  put(machine, "discovery.k8s.io/endpointslices", {
    kind: "EndpointSlice",
    apiVersion: "discovery.k8s.io/v1",
    metadata: {
      // The name looks generated but follows from the service's uid, so that the slice is found
      // again.
      name: `${name}-${shortHash(service.metadata?.uid, 5)}`,
      generateName: `${name}-`,
      namespace,
      generation: 1,
      labels: {
        ...labels,
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": name,
      },
      ownerReferences: [controlledBy(service) as never],
    },
    addressType: "IPv4",
    endpoints: pods.map((pod) => ({
      addresses: [textOf(at(pod, "status", "podIP"))],
      conditions: { ready: isReady(pod), serving: isReady(pod), terminating: false },
      targetRef: address(pod)["targetRef"],
      nodeName: at(pod, "spec", "nodeName"),
    })),
    ports,
  });
}

function writeBalancer(machine: Machine, key: ReturnType<typeof parseKey>, service: KubeObject): void {
  const wants = at(service, "spec", "type") === "LoadBalancer" &&
    at(service, "spec", "loadBalancerClass") === undefined;
  const has = mapsOf(at(service, "status", "loadBalancer", "ingress")).length > 0;
  if (wants === has) return;
  // 203.0.113.0/24 is reserved for documentation (RFC 5737): the address leads nowhere.
  const number = machine.store.count("balancer");
  const ip = textOf(at(service, "spec", "loadBalancerIP")) || `203.0.113.${number % 250 + 1}`;
  editObject(machine, key, (next) => {
    next["status"] = { loadBalancer: wants ? { ingress: [{ ip, ipMode: "VIP" }] } : {} };
  });
}

/** Keeps the endpoints and the load balancer status of Services. */
export const serviceController: Controller = {
  name: "service",
  interest(happening: Happening, machine: Machine): string[] {
    const { key, before, after } = happening;
    if (key.resource === "/services") return [keyText(key)];
    if (key.resource !== "/pods") return [];
    // Both states count: a change of labels can take a pod out of one service and into another.
    const labels = [before, after].filter((pod) => isMap(pod)).map((pod) => pod?.metadata?.labels ?? {});
    return machine.store.list("/services", { namespace: key.namespace })
      .filter((service) => labels.some((own) => selects(service, own)))
      .map((service) => `${key.namespace}/${service.metadata?.name}`);
  },
  reconcile(machine: Machine, text: string): void {
    const key = parseKey("/services", text);
    const service = machine.store.get(key);
    if (service === undefined) {
      // Endpoints have no owner reference. The slice has one and is garbage collected.
      deleteByKey(machine, { ...key, resource: "/endpoints" });
      return;
    }
    if (service.metadata?.deletionTimestamp !== undefined) return;
    if (Object.keys(mapOf(at(service, "spec", "selector"))).length > 0) writeEndpoints(machine, service);
    writeBalancer(machine, key, service);
  },
};
