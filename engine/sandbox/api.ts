/**
 * The API server: one request in, one answer out.
 *
 * Paths and verbs follow Kubernetes' `apiserver/pkg/endpoints` (`request/requestinfo.go`,
 * `installer.go`). Credentials are not looked at here: `http.ts` checks the token before it calls
 * the sandbox.
 *
 * @module
 */
import { answer, type Call, checkDryRun, type SandboxRequest, withWarningHeaders } from "./call.ts";
import { AGGREGATED, aggregated, coreVersions, groupDocument, groupList, resourceList, VERSION } from "./documents.ts";
import type { Machine } from "./machine.ts";
import { getObject, listObjects } from "./read.ts";
import { deleteCollection, deleteFromPath } from "./remove.ts";
import { type ObjectRoute, readRoute } from "./route.ts";
import { getSchema } from "./schema.ts";
import { isStoreFault } from "./store_fault.ts";
import { ApiError, internal, methodNotAllowed, noSuchResource } from "./status.ts";
import { isFreeSubresource, serveSubresource } from "./subresources.ts";
import { type Watchers, watchObjects } from "./watch.ts";
import { createFromBody, patchFromBody, updateFromBody } from "./write.ts";
import { messageOf } from "../base/mod.ts";

/** The parts of a sandbox that requests are answered with; the same for all requests. */
export interface ApiContext {
  readonly machine: Machine;
  readonly watchers: Watchers;
  /** Host and port that clients reach, for `/api`. */
  readonly host: () => string;
}

/**
 * Answers one request. A client's mistake is an answer too; the promise rejects only when the
 * request was aborted.
 */
export async function serve(context: ApiContext, request: SandboxRequest): Promise<Response> {
  const response = await answerTo(context, request);
  // Objects are stamped by the same clock.
  response.headers.set("date", context.machine.now().toUTCString());
  return response;
}

async function answerTo(context: ApiContext, request: SandboxRequest): Promise<Response> {
  try {
    request.signal?.throwIfAborted();
    return await dispatch(context, request);
  } catch (error) {
    if (error instanceof ApiError) return answer(error.body.code, error.body);
    // The caller has gone. No answer can reach it, and an abort must not look like a fault of the
    // server.
    if (request.signal?.aborted) throw error;
    // The command itself says what is wrong with the file; `sandbox serve` answers with the message.
    if (isStoreFault(error)) throw error;
    // A fault of the sandbox still answers with a `Status`: clients print its message, where they
    // would otherwise only report a broken connection.
    const failed = internal(`Internal error occurred: ${messageOf(error)}`);
    return answer(500, failed.body);
  }
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}

async function dispatch(context: ApiContext, request: SandboxRequest): Promise<Response> {
  // `URL` needs a host; this one is never read.
  const url = new URL(request.path, "http://sandbox");
  const route = readRoute(url.pathname);
  const registry = context.machine.registry();
  // Newer clients ask for all groups in one document. They get it only when they name its full
  // media type; blanks between the parameters do not count.
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
      // No handler has the path of an unknown group, so the answer is plain text and not a
      // `Status`.
      return document === undefined ? plain(404, "404 page not found\n") : answer(200, document);
    }
    case "discovery": {
      const document = resourceList(registry, route.group, route.version);
      if (document !== undefined) return answer(200, document);
      // A known group answers for its unknown versions, and answers with a `Status`.
      if (registry.groups().some((group) => group.name === route.group)) throw noSuchResource();
      return plain(404, "404 page not found\n");
    }
    case "objects":
      return await serveObjects(context, request, route.route, url.searchParams);
    case "other":
      return await serveOther(context, request, route.path);
  }
}

async function serveOther(context: ApiContext, request: SandboxRequest, path: string): Promise<Response> {
  if (path === "/version" || path === "/version/") return answer(200, VERSION);
  if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) return plain(200, "ok");
  // Loaded on demand: the documents are large, and few commands ask for them.
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
  request: SandboxRequest,
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
  // A cluster-scoped resource has no path below a namespace.
  if (!resource.namespaced && route.namespace !== "") throw noSuchResource();
  if (old) query.set("watch", "true");
  const call: Call = { machine, request, resource, route, query, warnings: [] };
  checkDryRun(request.method, query.getAll("dryRun"));
  // `status` has the verbs of the object itself. All other subresources have their own handlers.
  if (route.subresource !== "" && route.subresource !== "status") {
    if (!resource.subresources.some((sub) => sub.name === route.subresource)) throw noSuchResource();
    return await serveSubresource(call, getSchema());
  }
  if (route.subresource === "status" && !resource.subresources.some((sub) => sub.name === "status")) {
    throw noSuchResource();
  }
  return await withWarnings(call, () => serveVerb(context, call));
}

/** Answers; a refusal carries the warnings that were found before it. */
async function withWarnings(call: Call, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiError) || call.warnings.length === 0) throw error;
    return withWarningHeaders(answer(error.body.code, error.body), call.warnings);
  }
}

/** Returns the route of the collection or object that a path below `watch/` means. */
function withoutWatch(route: ObjectRoute): ObjectRoute {
  // The parts were read one place too far to the left, since `watch` stands where the plural name
  // should be.
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

/**
 * Returns the Kubernetes verb of a request. The empty text is in no resource's list of verbs, so it
 * ends as 405.
 */
function verbOf(call: Call): string {
  const { request, route, query } = call;
  const single = route.name !== "";
  switch (request.method) {
    case "GET":
      // client-go sends `true`; `1` is what people type.
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
  // Writes need a namespace; the path for all namespaces can only be read.
  const writesNowhere = resource.namespaced && route.namespace === "" && !["list", "watch"].includes(verb);
  // POST and DELETE meet the route of the collection, which has other verbs: 405. A path with a
  // name has no route at all: 404.
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
