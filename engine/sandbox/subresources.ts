/**
 * Subresources: scale, log, eviction, binding and the like; and reviews, which are answered and not
 * stored.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { readBody, readData, readTyped } from "./body.ts";
import { answer, type Call, isDryRun, named, stored, target, transaction } from "./call.ts";
import { checkCustom } from "./custom.ts";
import { LOG_ANNOTATION } from "./controllers/faults.ts";
import { deleteObject } from "./deleting.ts";
import { manageScale, manageWrite } from "./fields/manage.ts";
import { at, child, type Json, mapOf, mapsOf, numberOf, same, textOf } from "./json.ts";
import { replaceObject, timestamp } from "./machine.ts";
import { answerObject, readAccept, send } from "./negotiate.ts";
import { applyPatch } from "./patch.ts";
import { success } from "./remove.ts";
import type { Schema } from "./schema.ts";
import { selectorOf } from "./selectors.ts";
import { ApiError, badRequest, conflict, methodNotAllowed, modified, noSuchResource, notFound } from "./status.ts";
import { labelText, selectorText } from "./tables/format.ts";

const REVIEWS = [
  "authentication.k8s.io/selfsubjectreviews",
  "authentication.k8s.io/tokenreviews",
  "authorization.k8s.io/localsubjectaccessreviews",
  "authorization.k8s.io/selfsubjectaccessreviews",
  "authorization.k8s.io/selfsubjectrulesreviews",
  "authorization.k8s.io/subjectaccessreviews",
];

/** True for resources whose objects are answered and not stored. */
export function isFreeSubresource(storage: string): boolean {
  return REVIEWS.includes(storage) || storage === "/bindings";
}

function existing(call: Call): KubeObject {
  const object = stored(call);
  if (object === undefined) throw notFound(named(call.resource), call.route.name);
  return object;
}

/** Answers a request for a subresource, or for a review. */
export async function serveSubresource(call: Call, schema: Schema): Promise<Response> {
  if (REVIEWS.includes(call.resource.storage)) return await review(call);
  if (call.resource.storage === "/bindings") return await bind(call, call.resource.kind);
  switch (call.route.subresource) {
    case "scale":
      return await scale(call, schema);
    case "log":
      return log(call);
    case "eviction":
      return await evict(call);
    case "binding":
      return await bind(call, "Binding");
    case "finalize":
      return await finalize(call, schema);
    case "token":
      return await token(call);
    case "ephemeralcontainers":
    case "resize":
    case "approval":
      return call.request.method === "GET" ? await answerObject(call, 200, existing(call)) : refuseExec();
    default:
      existing(call);
      return refuseExec();
  }
}

/** Refuses a request that needs a running container. */
function refuseExec(): never {
  throw new ApiError(501, "NotImplemented", "the sandbox runs no containers");
}

/** Returns the paths of replicas and selector; a CRD names its own. */
function scalePaths(call: Call): { spec: string[]; status: string[]; selector: string[] | undefined } {
  const custom = at(call.resource.custom?.version, "subresources", "scale");
  if (custom === undefined) {
    return { spec: ["spec", "replicas"], status: ["status", "replicas"], selector: undefined };
  }
  const path = (key: string): string[] => textOf(at(custom, key)).split(".").filter((part) => part !== "");
  const selector = path("labelSelectorPath");
  return { spec: path("specReplicasPath"), status: path("statusReplicasPath"), selector };
}

function scaleOf(call: Call, object: KubeObject): Json {
  const paths = scalePaths(call);
  const selector = at(object, "spec", "selector");
  const old = call.resource.kind === "ReplicationController";
  const text = paths.selector
    ? textOf(at(object, ...paths.selector))
    : old
    ? labelText(selector)
    : selectorText(selector);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata ?? {};
  const replicas = numberOf(at(object, ...paths.spec));
  if (call.resource.custom && at(object, ...paths.spec) === undefined) {
    const message = `the spec replicas field ${JSON.stringify(`.${paths.spec.join(".")}`)} does not exist`;
    throw new ApiError(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });
  }
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // `replicas` has `omitempty` here, and not in the status.
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: numberOf(at(object, ...paths.status)), ...(text === "" ? {} : { selector: text }) },
  };
}

async function scale(call: Call, schema: Schema): Promise<Response> {
  const { machine, resource, request } = call;
  const form = readAccept(request.accept);
  if (request.method === "GET") return await send(call, 200, form, scaleOf(call, existing(call)));
  const type = schema.kind("autoscaling", "v1", "Scale");
  const expected = { group: "autoscaling", version: "v1", kind: "Scale" };
  let wanted: KubeObject;
  if (request.method === "PUT") wanted = await readBody(call, schema, expected);
  else if (request.method === "PATCH") {
    // The patch is one of the Scale, not of the object: it is applied to what GET returns.
    const asScale = { ...call, resource: { ...resource, ...expected, custom: undefined } };
    wanted = (await applyPatch(asScale, schema)).apply(scaleOf(call, existing(call)) as KubeObject);
  } else throw methodNotAllowed();
  if (type) wanted = readTyped(call, schema, type, wanted as Json, expected);
  const replicas = numberOf(at(wanted, "spec", "replicas"));
  const made = transaction(call, () => {
    const before = existing(call);
    const version = wanted.metadata?.resourceVersion ?? "";
    if (version !== "" && version !== before.metadata?.resourceVersion) {
      throw modified(named(resource), call.route.name);
    }
    const next = structuredClone(before);
    const path = scalePaths(call).spec;
    let holder = next as Json;
    for (const key of path.slice(0, -1)) holder = child(holder, key);
    const last = path.at(-1) ?? "replicas";
    // To scale is to change the spec, so it counts as a generation.
    if (holder[last] !== replicas && next.metadata?.generation !== undefined) next.metadata.generation++;
    holder[last] = replicas;
    if (resource.custom) checkCustom(call, next);
    if (!same(before, next)) manageScale(call, scalePaths(call).spec, next);
    return isDryRun(call) ? next : replaceObject(machine, resource.storage, next, before);
  });
  return await send(call, 200, form, scaleOf(call, made));
}

/** The log of containers whose pod has no annotation with another. */
const LOG_LINE = "sandbox: no container runs here";

function log(call: Call): Response {
  const pod = existing(call);
  const names = [...mapsOf(at(pod, "spec", "containers")), ...mapsOf(at(pod, "spec", "initContainers"))]
    .map((container) => textOf(container["name"]));
  const main = mapsOf(at(pod, "spec", "containers")).map((container) => textOf(container["name"]));
  const wanted = call.query.get("container") ?? "";
  if (wanted === "" && main.length > 1) {
    throw badRequest(
      `a container name must be specified for pod ${call.route.name}, choose one of: [${names.join(" ")}]`,
    );
  }
  if (wanted !== "" && !names.includes(wanted)) {
    throw badRequest(`container ${wanted} is not valid for pod ${call.route.name}`);
  }
  const statuses = [
    ...mapsOf(at(pod, "status", "containerStatuses")),
    ...mapsOf(at(pod, "status", "initContainerStatuses")),
  ];
  const own = statuses.find((status) => status["name"] === (wanted || main[0]));
  const isPrevious = call.query.get("previous") === "true";
  const started = isPrevious
    ? textOf(at(own, "lastState", "terminated", "startedAt"))
    // A container that waits for its next start shows the log of its last one: `validateContainerLogStatus` of the kubelet.
    : textOf(at(own, "state", "running", "startedAt")) || textOf(at(own, "state", "terminated", "startedAt")) ||
      textOf(at(own, "lastState", "terminated", "startedAt"));
  if (isPrevious && started === "") return logAnswer("");
  if (started === "") {
    const reason = textOf(at(own, "state", "waiting", "reason")) || "ContainerCreating";
    throw badRequest(
      `container "${wanted || main[0]}" in pod "${call.route.name}" is waiting to start: ${reason}`,
    );
  }
  // Timestamps of logs have nanoseconds.
  const stamp = call.query.get("timestamps") === "true" ? `${started.replace("Z", ".000000000Z")} ` : "";
  const lines = (pod.metadata?.annotations?.[LOG_ANNOTATION] ?? LOG_LINE).trimEnd().split("\n");
  const tail = call.query.get("tailLines") ?? "";
  const shown = tail === "" ? lines : lines.slice(Math.max(0, lines.length - Number(tail)));
  return logAnswer(shown.map((line) => `${stamp}${line}\n`).join(""));
}

function logAnswer(text: string): Response {
  return new Response(text, { status: 200, headers: { "content-type": "text/plain" } });
}

/**
 * Deletes a pod unless a budget forbids it. The status of the budget decides, as in
 * `pkg/registry/core/pod/storage/eviction.go`.
 */
async function evict(call: Call): Promise<Response> {
  if (call.request.method !== "POST") throw methodNotAllowed();
  const body = await readData(call, "Eviction");
  const { machine, resource, route } = call;
  const options = at(body, "deleteOptions");
  const grace = at(options, "gracePeriodSeconds");
  transaction(call, () => {
    const pod = existing(call);
    const labels = pod.metadata?.labels ?? {};
    const budget = machine.store.list("policy/poddisruptionbudgets", { namespace: route.namespace })
      .find((each) => selectorOf(at(each, "spec", "selector"))(labels));
    if (budget !== undefined && numberOf(at(budget, "status", "disruptionsAllowed")) < 1) {
      throw new ApiError(
        429,
        "TooManyRequests",
        "Cannot evict pod as it would violate the pod's disruption budget.",
        {
          causes: [{
            reason: "DisruptionBudget",
            message: `The disruption budget ${budget.metadata?.name} needs ` +
              `${numberOf(at(budget, "status", "desiredHealthy"))} healthy pods and has ` +
              `${numberOf(at(budget, "status", "currentHealthy"))} currently`,
          }],
        },
      );
    }
    deleteObject(machine, resource.storage, pod, typeof grace === "number" ? { graceSeconds: grace } : {});
  });
  return success(201);
}

async function bind(call: Call, kind: string): Promise<Response> {
  if (call.request.method !== "POST") throw methodNotAllowed();
  const body = await readData(call, kind);
  const { machine } = call;
  const node = textOf(at(body, "target", "name"));
  const name = call.route.name || textOf(at(body, "metadata", "name"));
  transaction(call, () => {
    const key = { resource: "/pods", namespace: call.route.namespace, name };
    const pod = machine.store.get(key);
    if (pod === undefined) throw notFound({ group: "", resource: "pods" }, name);
    // A pod is bound once; to move it, it must be made again.
    const had = textOf(at(pod, "spec", "nodeName"));
    if (had !== "") {
      throw conflict({ group: "", resource: "pods/binding" }, name, `pod ${name} is already assigned to node "${had}"`);
    }
    const next = structuredClone(pod);
    mapOf(next["spec"])["nodeName"] = node;
    replaceObject(machine, "/pods", next, pod);
  });
  return success(201);
}

async function finalize(call: Call, schema: Schema): Promise<Response> {
  if (call.request.method !== "PUT") throw methodNotAllowed();
  const body = await readBody(call, schema, call.resource);
  const { machine, resource } = call;
  const made = transaction(call, () => {
    const before = existing(call);
    const next = structuredClone(before);
    // Only the finalizers of the body count.
    const finalizers = at(body, "spec", "finalizers");
    next["spec"] = finalizers === undefined ? {} : { finalizers };
    manageWrite(call, before, next);
    return replaceObject(machine, resource.storage, next, before);
  });
  return await answerObject(call, 200, made);
}

/** Answers a TokenRequest. The token opens nothing: the server knows only the one in its kubeconfig. */
async function token(call: Call): Promise<Response> {
  if (call.request.method !== "POST") throw methodNotAllowed();
  const body = await readData(call, "TokenRequest");
  existing(call);
  const seconds = numberOf(at(body, "spec", "expirationSeconds"), 3600);
  const { name, namespace } = target(call);
  return answer(201, {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, creationTimestamp: timestamp(call.machine) },
    spec: { audiences: ["https://kubernetes.default.svc"], expirationSeconds: seconds, ...mapOf(body["spec"]) },
    status: { token: `sandbox-${crypto.randomUUID()}`, expirationTimestamp: timestamp(call.machine, seconds) },
  });
}

/** Answers reviews: every user may do everything in a sandbox. */
async function review(call: Call): Promise<Response> {
  const { resource } = call;
  const body = await readData(call, resource.kind);
  const user = { username: "sandbox", groups: ["system:masters", "system:authenticated"] };
  const anything = { verbs: ["*"], apiGroups: ["*"], resources: ["*"] };
  const status: Record<string, unknown> = {
    SelfSubjectReview: { userInfo: user },
    TokenReview: { authenticated: true, user },
    SelfSubjectRulesReview: {
      resourceRules: [anything],
      nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
      incomplete: false,
    },
  };
  if (resource.kind === "") throw noSuchResource();
  return answer(201, {
    kind: resource.kind,
    apiVersion: `${resource.group}/${resource.version}`,
    metadata: { creationTimestamp: null },
    spec: mapOf(body["spec"]),
    status: status[resource.kind] ?? { allowed: true, reason: "the sandbox allows everything" },
  });
}
