/**
 * The API server: one request in, one answer out.
 *
 * @module
 */
import type { KubeRequest } from "../kube/mod.ts";
import { answer, type Call, withWarningHeaders } from "./call.ts";
import { AGGREGATED, aggregated, coreVersions, groupDocument, groupList, resourceList, VERSION } from "./documents.ts";
import type { Machine } from "./machine.ts";
import { getObject, listObjects } from "./read.ts";
import { deleteCollection, deleteFromPath } from "./remove.ts";
import { type ObjectRoute, readRoute } from "./route.ts";
import { getSchema } from "./schema.ts";
import { ApiError, internal, methodNotAllowed, noSuchResource } from "./status.ts";
import { isFreeSubresource, serveSubresource } from "./subresources.ts";
import { type Watchers, watchObjects } from "./watch.ts";
import { createFromBody, patchFromBody, updateFromBody } from "./write.ts";

/** What the API server needs. */
export interface ApiContext {
  readonly machine: Machine;
  readonly watchers: Watchers;
  /** Host and port that clients reach, for `/api`. */
  readonly host: () => string;
}

/** Answers one request; never rejects for what a client did wrong. */
export async function serve(context: ApiContext, request: KubeRequest): Promise<Response> {
  const response = await answerTo(context, request);
  // Objects are stamped by the same clock.
  response.headers.set("date", context.machine.now().toUTCString());
  return response;
}

async function answerTo(context: ApiContext, request: KubeRequest): Promise<Response> {
  try {
    request.signal?.throwIfAborted();
    return await dispatch(context, request);
  } catch (error) {
    if (error instanceof ApiError) return answer(error.body.code, error.body);
    if (request.signal?.aborted) throw error;
    const failed = internal(`Internal error occurred: ${(error as Error).message}`);
    return answer(500, failed.body);
  }
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}

async function dispatch(context: ApiContext, request: KubeRequest): Promise<Response> {
  const url = new URL(request.path, "http://sandbox");
  const route = readRoute(url.pathname);
  const registry = context.machine.registry();
  const accept = AGGREGATED.exec((request.accept ?? "").replace(/\s/g, ""));
  switch (route.to) {
    case "groups": {
      if (accept) {
        const type = `application/json;g=apidiscovery.k8s.io;v=${accept[1]};as=APIGroupDiscoveryList`;
        return answer(200, aggregated(registry, route.core, accept[1] ?? "v2"), { "content-type": type });
      }
      return answer(200, route.core ? coreVersions(context.host()) : groupList(registry));
    }
    case "group": {
      const document = groupDocument(registry, route.group);
      return document === undefined ? plain(404, "404 page not found\n") : answer(200, document);
    }
    case "discovery": {
      const document = resourceList(registry, route.group, route.version);
      if (document !== undefined) return answer(200, document);
      if (registry.groups().some((group) => group.name === route.group)) throw noSuchResource();
      return plain(404, "404 page not found\n");
    }
    case "objects":
      return await serveObjects(context, request, route.route, url.searchParams);
    case "other":
      return await serveOther(context, request, route.path);
  }
}

async function serveOther(context: ApiContext, request: KubeRequest, path: string): Promise<Response> {
  if (path === "/version" || path === "/version/") return answer(200, VERSION);
  if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) return plain(200, "ok");
  if (path.startsWith("/openapi/")) {
    const { serveOpenApi } = await import("./openapi.ts");
    return await serveOpenApi(context.machine.registry(), request, path);
  }
  if (path === "/") {
    const registry = context.machine.registry();
    const groups = registry.groups().flatMap((g) => [
      `/apis/${g.name}`,
      ...g.versions.map((v) => `/apis/${g.name}/${v}`),
    ]);
    const paths = ["/api", "/api/v1", "/apis", "/apis/", ...groups.sort(), "/healthz", "/livez", "/openapi/v2"];
    return answer(200, { paths: [...paths, "/openapi/v3", "/readyz", "/version"] });
  }
  return plain(404, "404 page not found\n");
}

async function serveObjects(
  context: ApiContext,
  request: KubeRequest,
  given: ObjectRoute,
  query: URLSearchParams,
): Promise<Response> {
  const { machine } = context;
  const registry = machine.registry();
  // The old form of a watch: /api/v1/watch/namespaces/default/pods.
  const old = given.plural === "watch";
  const route = old ? withoutWatch(given) : given;
  const resource = registry.find(route.group, route.version, route.plural);
  if (resource === undefined) {
    const served = route.group === "" || registry.groups().some((group) => group.name === route.group);
    if (!served) return plain(404, "404 page not found\n");
    throw noSuchResource();
  }
  if (!resource.namespaced && route.namespace !== "") throw noSuchResource();
  if (old) query.set("watch", "true");
  const call: Call = { machine, request, resource, route, query, warnings: [] };
  if (route.subresource !== "" && route.subresource !== "status") {
    if (!resource.subresources.some((sub) => sub.name === route.subresource)) throw noSuchResource();
    return await serveSubresource(call, getSchema());
  }
  if (route.subresource === "status" && !resource.subresources.some((sub) => sub.name === "status")) {
    throw noSuchResource();
  }
  return await withWarnings(call, () => serveVerb(context, call));
}

/** Refusals carry the warnings that were found before, as answers do. */
async function withWarnings(call: Call, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiError) || call.warnings.length === 0) throw error;
    return withWarningHeaders(answer(error.body.code, error.body), call.warnings);
  }
}

/** A path below `watch/` is that of the collection itself. */
function withoutWatch(route: ObjectRoute): ObjectRoute {
  const rest = [route.name, route.subresource, ...route.rest.split("/")].filter((part) => part !== "");
  if (rest[0] === "namespaces" && rest.length > 2) {
    return {
      ...route,
      namespace: rest[1] ?? "",
      plural: rest[2] ?? "",
      name: rest[3] ?? "",
      subresource: "",
      rest: "",
    };
  }
  return { ...route, plural: rest[0] ?? "", name: rest[1] ?? "", subresource: "", rest: "" };
}

function verbOf(call: Call): string {
  const { request, route, query } = call;
  const single = route.name !== "";
  switch (request.method) {
    case "GET":
      if (["1", "true"].includes(query.get("watch") ?? "")) return "watch";
      return single ? "get" : "list";
    case "POST":
      return single ? "" : "create";
    case "PUT":
      return single ? "update" : "";
    case "PATCH":
      return single ? "patch" : "";
    case "DELETE":
      return single ? "delete" : "deletecollection";
  }
}

async function serveVerb(context: ApiContext, call: Call): Promise<Response> {
  const { resource, route } = call;
  const verb = verbOf(call);
  const allowed = route.subresource === "status" ? ["get", "update", "patch"] : resource.verbs;
  if (!allowed.includes(verb)) throw methodNotAllowed();
  // A write needs a namespace; the path for all namespaces only reads.
  const writesNowhere = resource.namespaced && route.namespace === "" && !["list", "watch"].includes(verb);
  if (writesNowhere) throw verb === "deletecollection" || verb === "create" ? methodNotAllowed() : noSuchResource();
  switch (verb) {
    case "get":
      return await getObject(call);
    case "list":
      return await listObjects(call);
    case "watch":
      return watchObjects(call, context.watchers);
    case "create":
      if (isFreeSubresource(resource.storage)) return await serveSubresource(call, getSchema());
      return await createFromBody(call, getSchema());
    case "update":
      return await updateFromBody(call, getSchema());
    case "patch":
      return await patchFromBody(call, getSchema());
    case "delete":
      return await deleteFromPath(call);
    default:
      return await deleteCollection(call);
  }
}
