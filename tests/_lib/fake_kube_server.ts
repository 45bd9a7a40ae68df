/**
 * A small API server in memory, for the tests of the cluster's client: a few kinds, stored without validation, with
 * patches, lists, tables and watches.
 *
 * @module
 */
import {
  applyJsonMergePatch,
  applyStrategicMergePatch,
  type Cluster,
  type JsonObject,
  type KubeRequest,
  mergeSchema,
  parseJson,
} from "../../engine/kube/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { selectorTest } from "./selector.ts";

const isObject = (data: unknown): data is JsonObject =>
  typeof data === "object" && data !== null && !Array.isArray(data);
const asObject = (data: unknown): JsonObject => isObject(data) ? data : {};
const asText = (data: unknown): string => typeof data === "string" ? data : "";

/** A kind that the fake serves. */
interface Served {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const KINDS: readonly Served[] = [
  ["", "v1", "Namespace", "namespaces", false],
  ["", "v1", "Pod", "pods", true],
  ["", "v1", "ConfigMap", "configmaps", true],
  ["", "v1", "Secret", "secrets", true],
  ["", "v1", "Service", "services", true],
  ["", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true],
  ["", "v1", "Event", "events", true],
  ["storage.k8s.io", "v1", "StorageClass", "storageclasses", false],
  ["apps", "v1", "Deployment", "deployments", true],
  ["apps", "v1", "ReplicaSet", "replicasets", true],
  ["apps", "v1", "DaemonSet", "daemonsets", true],
  ["apps", "v1", "StatefulSet", "statefulsets", true],
  ["batch", "v1", "Job", "jobs", true],
  ["batch", "v1beta1", "CronJob", "cronjobs", true],
  ["networking.k8s.io", "v1", "Ingress", "ingresses", true],
  ["rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false],
  ["apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false],
  ["one.example.com", "v1", "Thing", "things", true],
  ["two.example.com", "v1", "Thing", "things", true],
].map(([group, version, kind, plural, namespaced]) => ({ group, version, kind, plural, namespaced }) as Served);

/** Lets a test answer a request before the fake does; `undefined` passes it on. */
export type Intercept = (request: KubeRequest) => Response | undefined | Promise<Response | undefined>;

/** The fake, and the requests that it received. */
export interface FakeServer extends Cluster {
  /** `METHOD PATH` of every request but discovery's, in order; of a creation without its query. */
  readonly log: string[];
  /** All requests but discovery's. */
  readonly requests: KubeRequest[];
  /** Objects by path. */
  readonly objects: Map<string, KubeObject>;
  /** Called with every request first. */
  intercept: Intercept | undefined;
  /** Stores an object and notifies watches, as a controller would. */
  put(path: string, object: KubeObject): void;
  /** Removes an object and notifies watches. */
  drop(path: string): void;
}

/** Returns an answer with a JSON body. */
export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

/** Returns a refusal. */
export function refusal(status: number, reason: string, message: string): Response {
  return json({ kind: "Status", apiVersion: "v1", status: "Failure", code: status, reason, message }, status);
}

/** Returns an empty fake. */
export function fakeServer(): FakeServer {
  let version = 0;
  const watchers = new Set<(type: string, path: string, object: KubeObject) => void>();
  const tell = (type: string, path: string, object: KubeObject): void =>
    watchers.forEach((hear) => hear(type, path, object));
  const fake: FakeServer = {
    server: "fake",
    namespace: "default",
    close: () => Promise.resolve(),
    log: [],
    requests: [],
    objects: new Map(),
    intercept: undefined,
    put(path, object) {
      const known = fake.objects.get(path);
      const metadata = {
        uid: `uid-${++version}`,
        ...known?.metadata,
        ...object.metadata,
        resourceVersion: String(++version),
      };
      const stored = { ...object, metadata };
      fake.objects.set(path, stored);
      tell(known === undefined ? "ADDED" : "MODIFIED", path, stored);
    },
    drop(path) {
      const object = fake.objects.get(path);
      if (object === undefined) return;
      fake.objects.delete(path);
      tell("DELETED", path, { ...object, metadata: { ...object.metadata, resourceVersion: String(++version) } });
    },
    async transport(request) {
      request.signal?.throwIfAborted();
      const path = request.path.split("?")[0] ?? "";
      const found = discovery(path);
      if (found !== undefined) return json(found);
      fake.log.push(`${request.method} ${request.method === "POST" ? path : request.path}`);
      fake.requests.push(request);
      return await fake.intercept?.(request) ?? answer(request, path);
    },
  };
  const answer = (request: KubeRequest, path: string): Response => {
    const served = kindAt(path);
    if (served === undefined) return refusal(404, "NotFound", "the server could not find the requested resource");
    const { kind, name } = served;
    const missing = refusal(404, "NotFound", `${kind.plural} "${name}" not found`);
    const stored = fake.objects.get(path);
    switch (request.method) {
      case "GET":
        if (name === "") return collection(request, path, kind);
        if (stored === undefined) return missing;
        return json(request.accept?.includes("as=Table") ? tableOf([stored], request) : whole(stored, kind));
      case "POST": {
        const object = parseJson(request.body ?? "") as KubeObject;
        const at = `${path}/${object.metadata?.name ?? ""}`;
        if (fake.objects.has(at)) {
          return refusal(409, "AlreadyExists", `${kind.plural} "${object.metadata?.name ?? ""}" already exists`);
        }
        const manager = new URL(request.path, "http://fake").searchParams.get("fieldManager");
        fake.put(
          at,
          manager === null ? object : { ...object, metadata: { ...object.metadata, managedFields: [{ manager }] } },
        );
        return json(whole(fake.objects.get(at), kind), 201);
      }
      case "PATCH": {
        if (stored === undefined) return missing;
        const patch = parseJson(request.body ?? "") as JsonObject;
        const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
        fake.put(
          path,
          (request.contentType === "application/strategic-merge-patch+json"
            ? applyStrategicMergePatch(stored as JsonObject, patch, mergeSchema(apiVersion, kind.kind))
            : applyJsonMergePatch(stored, patch)) as KubeObject,
        );
        return json(whole(fake.objects.get(path), kind));
      }
      case "DELETE":
        if (stored === undefined) return missing;
        fake.drop(path);
        return json({ kind: "Status", status: "Success" });
      default:
        return refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    }
  };
  const collection = (request: KubeRequest, path: string, kind: Served): Response => {
    const query = new URL(request.path, "http://fake").searchParams;
    const wanted = (at: string, object: KubeObject): boolean =>
      at.startsWith(`${path}/`) && !at.slice(path.length + 1).includes("/") && selected(query, object);
    if (query.get("watch") === "true") return watch(request, wanted);
    const items = [...fake.objects].filter(([at, object]) => wanted(at, object)).map(([, object]) => object);
    if (request.accept?.includes("as=Table")) return json(tableOf(items, request));
    return json({ kind: `${kind.kind}List`, metadata: { resourceVersion: String(version) }, items });
  };
  const watch = (request: KubeRequest, wanted: (at: string, object: KubeObject) => boolean): Response => {
    let hear: (type: string, path: string, object: KubeObject) => void;
    const stream = new ReadableStream<string>({
      start(controller): void {
        hear = (type, at, object) => {
          if (wanted(at, object)) controller.enqueue(`${JSON.stringify({ type, object })}\n`);
        };
        watchers.add(hear);
        request.signal?.addEventListener("abort", () => {
          if (watchers.delete(hear)) controller.error(request.signal?.reason);
        });
      },
      cancel(): void {
        watchers.delete(hear);
      },
    });
    return new Response(stream.pipeThrough(new TextEncoderStream()));
  };
  return fake;
}

/** Returns the object as a server does, with `apiVersion` and `kind`. */
function whole(object: KubeObject | undefined, { group, version, kind }: Served): KubeObject {
  return { apiVersion: group === "" ? version : `${group}/${version}`, kind, ...object };
}

function discovery(path: string): unknown {
  if (path === "/version") return { major: "1", minor: "34", gitVersion: "v1.34.4" };
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") {
    const groups = [...new Set(KINDS.map(({ group }) => group))].filter((group) => group !== "");
    return {
      kind: "APIGroupList",
      groups: groups.map((name) => ({
        name,
        versions: [...new Set(KINDS.filter(({ group }) => group === name).map(({ version }) => version))]
          .map((version) => ({ version, groupVersion: `${name}/${version}` })),
      })),
    };
  }
  const kinds = KINDS.filter(({ group, version }) =>
    path === (group === "" ? `/api/${version}` : `/apis/${group}/${version}`)
  );
  if (kinds.length === 0) return undefined;
  const resources = kinds.map(({ kind, plural, namespaced }) => ({ name: plural, kind, namespaced }));
  const scale = { name: "deployments/scale", kind: "Scale", namespaced: true };
  return { kind: "APIResourceList", resources: path === "/apis/apps/v1" ? [...resources, scale] : resources };
}

function kindAt(path: string): { kind: Served; name: string } | undefined {
  const parts = path.split("/").slice(1);
  const core = parts[0] === "api";
  const [group, version] = core ? ["", parts[1]] : [parts[1], parts[2]];
  let rest = parts.slice(core ? 2 : 3);
  if (rest[0] === "namespaces" && rest.length > 2) rest = rest.slice(2);
  const kind = KINDS.find((served) =>
    served.group === group && served.version === version && served.plural === rest[0]
  );
  return kind === undefined ? undefined : { kind, name: decodeURIComponent(rest[1] ?? "") };
}

function selected(query: URLSearchParams, object: KubeObject): boolean {
  const name = /^metadata\.name=(.*)$/.exec(query.get("fieldSelector") ?? "")?.[1];
  if (name !== undefined && object.metadata?.name !== name) return false;
  return selectorTest(query.get("labelSelector"))(object.metadata?.labels ?? {});
}

function tableOf(objects: readonly KubeObject[], request: KubeRequest): JsonObject {
  const whole = request.path.includes("includeObject=Object");
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    columnDefinitions: [{ name: "Name", priority: 0 }, { name: "Note", priority: 0 }, { name: "Wide", priority: 1 }],
    rows: objects.map((object) => ({
      cells: [object.metadata?.name, asText(asObject(object.metadata?.annotations).note) || null, "w"],
      object: whole ? object : { kind: "PartialObjectMetadata", metadata: object.metadata },
    })),
  };
}

/** Returns the JSON body of a request. */
export function bodyOf(request: KubeRequest | undefined): unknown {
  const body: unknown = JSON.parse(request?.body ?? "null");
  return isObject(body) ? body : undefined;
}
