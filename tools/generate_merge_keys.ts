/**
 * Writes `engine/kube/merge_keys.json` from Kubernetes' published OpenAPI:
 * which lists merge, by which key, and which objects keep only named fields.
 *
 *     deno run -R -W tools/generate_merge_keys.ts OUT SWAGGER.json [OLDER.json …]
 *
 * The first file that defines a type wins, so give the newest release first;
 * older ones add the types of API versions that are no longer served.
 *
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";

/** The merge strategy of a field for a strategic merge patch. */
interface Field {
  /** Name of the type of the value, or of the elements or entries. */
  type?: string;
  key?: string;
  strategy?: string;
}

interface Property {
  $ref?: string;
  items?: Property;
  additionalProperties?: Property | boolean;
  allOf?: Property[];
  "x-kubernetes-patch-merge-key"?: string;
  "x-kubernetes-patch-strategy"?: string;
}

interface Definition {
  properties?: Record<string, Property>;
  "x-kubernetes-group-version-kind"?: { group: string; version: string; kind: string }[];
}

const PREFIX = "#/definitions/";

function typeOf(property: Property): string | undefined {
  if (property.$ref !== undefined) return property.$ref.slice(PREFIX.length);
  const inner = property.items ?? property.allOf?.[0] ??
    (typeof property.additionalProperties === "object" ? property.additionalProperties : undefined);
  return inner === undefined ? undefined : typeOf(inner);
}

function fieldsOf(definition: Definition): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const [name, property] of Object.entries(definition.properties ?? {})) {
    const type = typeOf(property);
    const key = property["x-kubernetes-patch-merge-key"];
    const strategy = property["x-kubernetes-patch-strategy"];
    if (type === undefined && strategy === undefined) continue;
    fields.set(name, {
      ...(type === undefined ? {} : { type }),
      ...(key === undefined ? {} : { key }),
      ...(strategy === undefined ? {} : { strategy }),
    });
  }
  return fields;
}

async function readDefinitions(paths: readonly string[]): Promise<Map<string, Definition>> {
  const definitions = new Map<string, Definition>();
  for (const path of paths) {
    const swagger = JSON.parse(await readFile(path, "utf8")) as { definitions: Record<string, Definition> };
    for (const [name, definition] of Object.entries(swagger.definitions)) {
      if (!definitions.has(name)) definitions.set(name, definition);
    }
  }
  return definitions;
}

/** Removes fields without a strategy whose type has none either. */
function prune(types: Map<string, Map<string, Field>>): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const [name, fields] of types) {
      for (const [fieldName, field] of fields) {
        if (field.type === undefined || types.has(field.type)) continue;
        if (field.strategy === undefined) fields.delete(fieldName);
        else delete field.type;
        changed = true;
      }
      if (fields.size === 0) types.delete(name);
    }
  }
  // A type that only leads back to itself has no strategy anywhere below.
  const useful = new Set<string>();
  for (let grown = true; grown;) {
    grown = false;
    for (const [name, fields] of types) {
      if (useful.has(name)) continue;
      const leads = [...fields.values()].some(({ type, strategy }) =>
        strategy !== undefined || (type !== undefined && useful.has(type))
      );
      if (leads) grown = Boolean(useful.add(name));
    }
  }
  const idle = [...types.keys()].filter((name) => !useful.has(name));
  for (const name of idle) types.delete(name);
  if (idle.length > 0) prune(types);
}

function kindsOf(definitions: Map<string, Definition>, types: Map<string, unknown>): Record<string, string> {
  const kinds: [string, string][] = [];
  for (const [name, definition] of definitions) {
    const names = definition["x-kubernetes-group-version-kind"] ?? [];
    const [only] = names;
    // Types such as DeleteOptions belong to every group and are never stored.
    if (only === undefined || names.length > 1 || !types.has(name)) continue;
    const { group, version, kind } = only;
    if (kind.endsWith("List") && definition.properties?.items !== undefined) continue;
    kinds.push([`${group === "" ? version : `${group}/${version}`}/${kind}`, name]);
  }
  return Object.fromEntries(kinds.sort(([a], [b]) => a < b ? -1 : 1));
}

/** Returns the types that kinds reach, under short names. */
function compact(kinds: Record<string, string>, types: Map<string, Map<string, Field>>): unknown {
  const wanted = new Set<string>();
  const visit = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const { type } of types.get(name)?.values() ?? []) if (type !== undefined) visit(type);
  };
  Object.values(kinds).forEach(visit);
  const short = (name: string): string => name.replace(/^io\.k8s\.(api|apimachinery\.pkg\.apis)\./, "");
  const shortTypes: Record<string, Record<string, Field>> = {};
  for (const name of [...wanted].sort()) {
    const fields = [...types.get(name) ?? []].sort(([a], [b]) => a < b ? -1 : 1);
    shortTypes[short(name)] = Object.fromEntries(
      fields.map(([field, rule]) => [field, rule.type === undefined ? rule : { ...rule, type: short(rule.type) }]),
    );
  }
  const shortKinds = Object.fromEntries(Object.entries(kinds).map(([kind, name]) => [kind, short(name)]));
  return { kinds: shortKinds, types: shortTypes };
}

const [out, ...paths] = Deno.args;
if (out === undefined || paths.length === 0) {
  throw new Error("usage: generate_merge_keys.ts OUT SWAGGER.json [OLDER.json …]");
}
const definitions = await readDefinitions(paths);
const types = new Map([...definitions].map(([name, definition]) => [name, fieldsOf(definition)]));
prune(types);
await writeFile(out, JSON.stringify(compact(kindsOf(definitions, types), types), null, 2) + "\n");
