/**
 * OpenAPI documents, as far as clients need them: the fields of all types, and
 * which verbs a kind's paths have.
 *
 * @module
 */
import type { KubeRequest } from "../kube/mod.ts";
import { answer, apiVersionOf } from "./call.ts";
import { VERSION } from "./documents.ts";
import { at, copy, type Json, mapOf } from "./json.ts";
import type { Registry, Resource } from "./registry.ts";
import { getSchema, type Schema, type Type } from "./schema.ts";
import { noSuchResource } from "./status.ts";

// Go packages of types that are not in `k8s.io/api`.
const PACKAGES: [RegExp, string][] = [
  [/^meta\//, "io.k8s.apimachinery.pkg.apis.meta."],
  [/^apiextensions\//, "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions."],
  [/^apiregistration\//, "io.k8s.kube-aggregator.pkg.apis.apiregistration."],
];

// Structs that are written as a text or a number, with the schema that Kubernetes gives them.
const SPECIAL: Record<string, [string, Json]> = {
  quantity: ["io.k8s.apimachinery.pkg.api.resource.Quantity", { type: "string" }],
  intOrString: ["io.k8s.apimachinery.pkg.util.intstr.IntOrString", { type: "string", format: "int-or-string" }],
  time: ["io.k8s.apimachinery.pkg.apis.meta.v1.Time", { type: "string", format: "date-time" }],
  microTime: ["io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime", { type: "string", format: "date-time" }],
  duration: ["io.k8s.apimachinery.pkg.apis.meta.v1.Duration", { type: "string" }],
};

/** The name a type has in OpenAPI. */
function definitionName(key: string): string {
  for (const [form, prefix] of PACKAGES) if (form.test(key)) return prefix + key.split("/")[1];
  return `io.k8s.api.${key.replace("/", ".")}`;
}

/** How a version of OpenAPI points to a definition. */
type Refer = (name: string) => Json;

/** Returns the schema of a type. A pointer makes no difference in OpenAPI. */
function typeSchema(type: Type, refer: Refer): Json {
  switch (type.is) {
    case "pointer":
      return typeSchema(type.of, refer);
    case "struct":
      return refer(definitionName(type.key));
    case "list":
      return { type: "array", items: typeSchema(type.of, refer) };
    case "map":
      return { type: "object", additionalProperties: typeSchema(type.of, refer) };
    case "string":
      return { type: "string" };
    case "bool":
      return { type: "boolean" };
    case "int":
      return { type: "integer", format: type.bits > 32 ? "int64" : "int32" };
    case "float":
      return { type: "number", format: "double" };
    case "bytes":
      return { type: "string", format: "byte" };
    case "any":
      return { type: "object" };
    default:
      return refer(SPECIAL[type.is]?.[0] ?? "");
  }
}

function listExtensions(listType: string): Json {
  if (listType === "") return {};
  const [kind = "", keys = ""] = listType.split(":");
  if (kind === "map" && keys !== "") {
    return { "x-kubernetes-list-map-keys": keys.split(","), "x-kubernetes-list-type": "map" };
  }
  // `granular` is said of maps; all others of lists.
  return kind === "granular" ? { "x-kubernetes-map-type": "granular" } : { "x-kubernetes-list-type": kind };
}

function structSchema(schema: Schema, key: string, refer: Refer): Json {
  const properties: Json = {};
  const required: string[] = [];
  for (const field of schema.fields(key)) {
    const isMapType = field.type.is === "map" || field.type.is === "struct";
    const extensions = isMapType && field.listType === "atomic"
      ? { "x-kubernetes-map-type": "atomic" }
      : listExtensions(field.listType);
    properties[field.name] = {
      ...typeSchema(field.type, refer),
      ...extensions,
      ...(field.mergeKey === "" ? {} : { "x-kubernetes-patch-merge-key": field.mergeKey }),
      ...(field.strategy === "" ? {} : { "x-kubernetes-patch-strategy": field.strategy }),
    };
    // The API conventions make a field required unless Go marks it as optional or leaves it out
    // when it is empty.
    if (!field.optional && !field.omitEmpty && field.name !== "status") required.push(field.name);
  }
  return { type: "object", ...(required.length > 0 ? { required } : {}), properties };
}

function kindOf(resource: Pick<Resource, "group" | "version" | "kind">): Json {
  return { group: resource.group, version: resource.version, kind: resource.kind };
}

/** Definitions of all types, or of those that some types need. */
function definitions(schema: Schema, registry: Registry, refer: Refer, only?: readonly Resource[]): Json {
  const kinds = new Map<string, Json[]>();
  const roots = new Set<string>();
  for (const resource of only ?? registry.all()) {
    const type = schema.kind(resource.group, resource.version, resource.kind);
    if (type?.is !== "struct") continue;
    kinds.set(type.key, [...kinds.get(type.key) ?? [], kindOf(resource)]);
    roots.add(type.key);
  }
  // Version 3 has a document per group, with the types that its kinds lead to. Version 2 has them
  // all.
  const keys = only === undefined ? new Set(schema.structs()) : reach(schema, roots);
  const made: Json = {};
  for (const [name, body] of Object.values(SPECIAL)) made[name] = copy(body);
  for (const key of [...keys].sort()) {
    const own = kinds.get(key);
    made[definitionName(key)] = {
      ...structSchema(schema, key, refer),
      ...(own === undefined ? {} : { "x-kubernetes-group-version-kind": own }),
    };
  }
  for (const resource of only ?? registry.all()) {
    if (!resource.custom) continue;
    made[customName(resource)] = customSchema(resource, refer);
  }
  return made;
}

/** Returns all structs that `roots` lead to, with those of metadata and of deletions. */
function reach(schema: Schema, roots: ReadonlySet<string>): Set<string> {
  const found = new Set<string>(["meta/v1.ObjectMeta"]);
  const todo = [...roots, "meta/v1.ObjectMeta", "meta/v1.DeleteOptions"];
  for (let key = todo.pop(); key !== undefined; key = todo.pop()) {
    found.add(key);
    for (const field of schema.fields(key)) {
      let type: Type = field.type;
      while (type.is === "pointer" || type.is === "list" || type.is === "map") type = type.of;
      if (type.is === "struct" && !found.has(type.key)) todo.push(type.key);
    }
  }
  return found;
}

/** Returns the name of a custom resource's definition: the group reversed, the version, the kind. */
function customName(resource: Resource): string {
  return `${resource.group.split(".").reverse().join(".")}.${resource.version}.${resource.kind}`;
}

/** Returns a CRD's schema with the fields that every resource has, which a CRD need not describe. */
function customSchema(resource: Resource, refer: Refer): Json {
  const given = copy(mapOf(at(resource.custom?.version, "schema", "openAPIV3Schema")));
  const properties = mapOf(given["properties"]);
  given["properties"] = {
    ...properties,
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: refer(definitionName("meta/v1.ObjectMeta")),
  };
  return { ...given, type: "object", "x-kubernetes-group-version-kind": [kindOf(resource)] };
}

// kubectl looks these up before it asks for server-side validation or a dry run.
const WRITE_OPTIONS = ["dryRun", "fieldManager", "fieldValidation"];
const ACTIONS: [string, string, boolean][] = [
  ["get", "get", true],
  ["put", "update", true],
  ["patch", "patch", true],
  ["delete", "delete", true],
  ["get", "list", false],
  ["post", "create", false],
];

/** Returns the paths of a group version, as far as clients read them: verbs, kinds and options. */
function paths(resources: readonly Resource[], parameter: (name: string) => Json): Json {
  const made: Json = {};
  for (const resource of resources) {
    if (resource.kind === "") continue;
    const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${apiVersionOf(resource)}`;
    // The parameters keep their names in the path, as in the documents of a real server.
    const base = `${root}${resource.namespaced ? "/namespaces/{namespace}" : ""}/${resource.plural}`;
    for (const [method, verb, single] of ACTIONS) {
      if (!resource.verbs.includes(verb)) continue;
      const path = single ? `${base}/{name}` : base;
      const item = mapOf(made[path]);
      const writes = method !== "get" && method !== "delete";
      item[method] = {
        "x-kubernetes-action": verb === "create" ? "post" : verb === "update" ? "put" : verb,
        "x-kubernetes-group-version-kind": kindOf(resource),
        parameters: (writes ? WRITE_OPTIONS : ["pretty"]).map(parameter),
        responses: { "200": { description: "OK" } },
      };
      made[path] = item;
    }
  }
  return made;
}

/** One document of version 3. */
function documentV3(schema: Schema, registry: Registry, group: string, version: string): Json {
  const resources = registry.resources(group, version);
  // Nothing may stand beside `$ref`, so a reference with a default is wrapped in `allOf`, as
  // kube-openapi does.
  const refer: Refer = (name) => ({ allOf: [{ $ref: `#/components/schemas/${name}` }], default: {} });
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: VERSION.gitVersion },
    paths: paths(resources, (name) => ({ name, in: "query", schema: { type: "string", uniqueItems: true } })),
    components: { schemas: definitions(schema, registry, refer, resources) },
  };
}

/** The one document of version 2. */
export function documentV2(schema: Schema, registry: Registry): Json {
  return {
    swagger: "2.0",
    info: { title: "Kubernetes", version: VERSION.gitVersion },
    paths: paths(registry.all(), (name) => ({ name, in: "query", type: "string", uniqueItems: true })),
    definitions: definitions(schema, registry, (name) => ({ $ref: `#/definitions/${name}` })),
  };
}

function indexV3(registry: Registry): Json {
  const entry = (path: string): [string, Json] => [path, { serverRelativeURL: `/openapi/v3/${path}` }];
  const groups = registry.groups().flatMap((group) => group.versions.map((version) => `apis/${group.name}/${version}`));
  return { paths: Object.fromEntries(["api/v1", ...groups].map(entry)) };
}

/** Answers `/openapi/v2` and `/openapi/v3`. */
export async function serveOpenApi(registry: Registry, request: KubeRequest, path: string): Promise<Response> {
  if (path === "/openapi/v2") {
    const document = documentV2(getSchema(), registry);
    if (!(request.accept ?? "").includes("proto-openapi.spec.v2")) return answer(200, document);
    const { encodeOpenApi, OPENAPI_V2_TYPE } = await import("./openapi_protobuf.ts");
    const bytes = encodeOpenApi(document) as Uint8Array<ArrayBuffer>;
    return new Response(bytes, { status: 200, headers: { "content-type": OPENAPI_V2_TYPE } });
  }
  if (path === "/openapi/v3" || path === "/openapi/v3/") return answer(200, indexV3(registry));
  const found = /^\/openapi\/v3\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))$/.exec(path);
  const [group, version] = [found?.[2] ?? "", found?.[1] ?? found?.[3] ?? ""];
  if (!found || registry.resources(group, version).length === 0) throw noSuchResource();
  return answer(200, documentV3(getSchema(), registry, group, version));
}
