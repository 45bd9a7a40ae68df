/**
 * Records the resources and built-in types of a current Kubernetes in two small
 * data files of the sandbox: `discovery_data.ts` (groups, versions,
 * resources, table columns) and `schema_data.ts` (fields of every type).
 *
 * Types come from the Go modules that define them, because only the Go source
 * distinguishes pointers from values and shows how an empty field is encoded.
 * Kinds and columns come from a running server, through `kubectl proxy`:
 *
 *     deno run -A tools/generate_schemas.ts http://127.0.0.1:8001 GO_MODULES VERSION
 *
 * where GO_MODULES is a folder like `~/go/pkg/mod/k8s.io` and VERSION the
 * modules' version, such as `v0.34.4`.
 *
 * @module
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import process from "node:process";

const [server, modules, version] = Deno.args;
if (server === undefined || modules === undefined || version === undefined) {
  throw new Error("usage: generate_schemas.ts SERVER GO_MODULES VERSION");
}

interface Served {
  group: string;
  version: string;
  resources: ServedResource[];
}
interface ServedResource {
  name: string;
  kind: string;
  singular: string;
  namespaced: boolean;
  verbs: string[];
  short?: string[];
  categories?: string[];
  hash?: string;
  /** Name, type, format, priority. */
  columns?: [string, string, string, number][];
  sub?: { name: string; group: string; version: string; kind: string; verbs: string[] }[];
}
interface ApiResourceJson {
  name: string;
  kind: string;
  group?: string;
  version?: string;
  singularName: string;
  namespaced: boolean;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  storageVersionHash?: string;
}
interface ColumnJson {
  name: string;
  type: string;
  format: string;
  priority: number;
}

async function get<T>(path: string, accept = "application/json"): Promise<T> {
  const answer = await fetch(server + path, { headers: { Accept: accept } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return await answer.json();
}

async function columns(path: string): Promise<[string, string, string, number][]> {
  const table = await get<{ columnDefinitions: ColumnJson[] }>(
    path,
    "application/json;as=Table;v=v1;g=meta.k8s.io",
  );
  return table.columnDefinitions.map((c) => [c.name, c.type, c.format, c.priority]);
}

async function groupVersion(group: string, version: string): Promise<Served> {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const list = await get<{ resources: ApiResourceJson[] }>(root);
  const resources: ServedResource[] = [];
  for (const r of list.resources) {
    const [name = "", sub] = r.name.split("/");
    if (sub !== undefined) {
      const parent = resources.find((p) => p.name === name);
      const entry = { name: sub, group: r.group ?? group, version: r.version ?? version, kind: r.kind, verbs: r.verbs };
      if (parent) (parent.sub ??= []).push(entry);
      else {
        resources.push({ name, kind: "", singular: "", namespaced: r.namespaced, verbs: [], sub: [entry] });
      }
      continue;
    }
    resources.push({
      name,
      kind: r.kind,
      singular: r.singularName,
      namespaced: r.namespaced,
      verbs: r.verbs,
      ...(r.shortNames ? { short: r.shortNames } : {}),
      ...(r.categories ? { categories: r.categories } : {}),
      ...(r.storageVersionHash ? { hash: r.storageVersionHash } : {}),
      ...(r.verbs.includes("list") ? { columns: await columns(`${root}/${name}`) } : {}),
    });
  }
  return { group, version, resources };
}

async function discovery(): Promise<Served[]> {
  const groups = await get<{ groups: { name: string; versions: { version: string }[] }[] }>("/apis");
  const all = [await groupVersion("", "v1")];
  for (const g of groups.groups) {
    for (const v of g.versions) all.push(await groupVersion(g.name, v.version));
  }
  return all;
}

/** Returns the source folder of a Go package, and its key in the data. */
function packageOf(importPath: string): { key: string; folder: string } | undefined {
  const rules: [string, string][] = [
    ["k8s.io/apimachinery/pkg/apis/", "apimachinery"],
    ["k8s.io/apiextensions-apiserver/pkg/apis/", "apiextensions-apiserver"],
    ["k8s.io/kube-aggregator/pkg/apis/", "kube-aggregator"],
    ["k8s.io/api/", "api"],
  ];
  for (const [prefix, module] of rules) {
    if (!importPath.startsWith(prefix)) continue;
    const key = importPath.slice(prefix.length);
    return { key, folder: join(modules ?? "", `${module}@${version}`, importPath.split("/").slice(2).join("/")) };
  }
  return undefined;
}

/** Types whose JSON form differs from their Go fields. */
const SPECIAL: Record<string, string> = {
  "resource.Quantity": "Quantity",
  "intstr.IntOrString": "IntOrString",
  "runtime.RawExtension": "RawExtension",
  "runtime.Object": "RawExtension",
  "runtime.Unknown": "RawExtension",
  "types.UID": "string:types.UID",
  "types.NodeName": "string:types.NodeName",
};
const SPECIAL_META = ["Time", "MicroTime", "Duration", "FieldsV1"];
const SPECIAL_CRD = ["JSON", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrStringArray"];

const structs = new Map<string, string[]>();
const aliases = new Map<string, string>();
const loaded = new Set<string>();

function typeKey(go: string, own: string, imports: Map<string, string>): string {
  const pointer = /^\*(.*)$/.exec(go);
  if (pointer) return `*${typeKey(pointer[1] ?? "", own, imports)}`;
  const list = /^\[\](.*)$/.exec(go);
  if (list) return `[]${typeKey(list[1] ?? "", own, imports)}`;
  const map = /^map\[([\w.]+)\](.*)$/.exec(go);
  if (map) return `{}${typeKey(map[2] ?? "", own, imports)}`;
  if (/^(string|bool|byte|u?int(8|16|32|64)?|float(32|64))$/.test(go)) return go;
  if (SPECIAL[go]) return SPECIAL[go];
  const [left = "", right] = go.split(".");
  const pkg = right === undefined ? own : packageOf(imports.get(left) ?? "")?.key;
  const name = right ?? left;
  // reachable() reports an error if a served kind needs this type.
  if (pkg === undefined) return `${own}/?.${go}`;
  if (pkg === "meta/v1" && SPECIAL_META.includes(name)) return name;
  if (pkg === "apiextensions/v1" && SPECIAL_CRD.includes(name)) return name;
  return `${pkg}.${name}`;
}

/**
 * Returns a field as `name|type|flags|patch|list|number|goName`. The number is
 * the protobuf field number. The Go name is only given when it differs from the
 * capitalised JSON name.
 */
function field(line: string, comment: string, own: string, imports: Map<string, string>): string | undefined {
  const parts = /^\t(?:(\w+)\s+)?([*[\]\w.]+)\s+`([^`]*)`/.exec(line);
  if (!parts) return undefined;
  const tags = parts[3] ?? "";
  const json = /json:"([^"]*)"/.exec(tags)?.[1];
  if (json === undefined || json === "-") return undefined;
  const [name = "", ...options] = json.split(",");
  const inline = options.includes("inline") || (name === "" && parts[1] === undefined);
  const flags = (options.includes("omitempty") ? "o" : "") + (options.includes("omitzero") ? "z" : "") +
    (inline ? "i" : "") + (/^\s*\/\/ \+optional/m.test(comment) ? "?" : "");
  const strategy = /patchStrategy:"([^"]*)"/.exec(tags)?.[1] ?? "";
  const key = /patchMergeKey:"([^"]*)"/.exec(tags)?.[1] ?? "";
  const listKeys = [...comment.matchAll(/\+listMapKey=(\w+)/g)].map((m) => m[1]).join(",");
  const kind = /\+(?:list|map|struct)Type=(\w+)/.exec(comment)?.[1] ?? "";
  const type = typeKey(parts[2] ?? "", own, imports);
  const number = /protobuf:"\w+,(\d+)/.exec(tags)?.[1] ?? "";
  const capital = name.slice(0, 1).toUpperCase() + name.slice(1);
  const inGo = parts[1] ?? (parts[2] ?? "").replace(/^.*[.*]/, "");
  const goName = inGo === capital ? "" : inGo;
  return [name, type, flags, strategy ? `${strategy}:${key}` : "", listKeys ? `map:${listKeys}` : kind, number, goName]
    .join("|").replace(/\|+$/, "");
}

function parseFile(text: string, own: string): void {
  const imports = new Map<string, string>();
  for (const m of text.matchAll(/^\s*(?:import )?(\w+ )?"([\w./-]+)"$/gm)) {
    imports.set(m[1]?.trim() ?? basename(m[2] ?? ""), m[2] ?? "");
  }
  let name: string | undefined;
  let fields: string[] = [];
  let comment = "";
  for (const line of text.split("\n")) {
    if (name !== undefined) {
      if (line === "}") {
        structs.set(`${own}.${name}`, fields);
        name = undefined;
      } else if (/^\t\/\//.test(line)) comment += line + "\n";
      else {
        const found = field(line, comment, own, imports);
        if (found !== undefined) fields.push(found);
        comment = "";
      }
      continue;
    }
    const head = /^type (\w+) struct \{$/.exec(line);
    const alias = /^type (\w+) ([[\]\w.]+)$/.exec(line);
    const empty = /^type (\w+) struct\s*\{\s*\}$/.exec(line);
    if (empty) structs.set(`${own}.${empty[1]}`, []);
    else if (head) [name, fields, comment] = [head[1], [], ""];
    else if (alias && alias[2] !== "interface") {
      aliases.set(`${own}.${alias[1]}`, typeKey(alias[2] ?? "", own, imports));
    }
  }
}

function load(importPath: string): void {
  const pkg = packageOf(importPath);
  if (!pkg || loaded.has(importPath)) return;
  loaded.add(importPath);
  for (const file of readdirSync(pkg.folder)) {
    if (!file.endsWith(".go") || file.endsWith("_test.go") || /generated|conversion|deepcopy/.test(file)) continue;
    parseFile(readFileSync(join(pkg.folder, file), "utf8"), pkg.key);
  }
}

function packagePath(group: string, version: string): string {
  if (group === "apiextensions.k8s.io") return "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1";
  if (group === "apiregistration.k8s.io") return "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1";
  return `k8s.io/api/${group === "" ? "core" : group.split(".")[0]}/${version}`;
}

/** Returns the types that served kinds can reach. */
function reachable(roots: string[]): { types: Record<string, string[]>; names: Record<string, string> } {
  const types: Record<string, string[]> = {};
  const names: Record<string, string> = {};
  const todo = [...roots];
  for (let key = todo.pop(); key !== undefined; key = todo.pop()) {
    const plain = key.replace(/^(\*|\[\]|\{\})+/, "");
    if (plain in types || plain in names || !plain.includes("/")) continue;
    const alias = aliases.get(plain);
    const fields = structs.get(plain);
    if (fields) {
      types[plain] = fields;
      for (const f of fields) todo.push(f.split("|")[1] ?? "");
    } else if (alias) {
      names[plain] = alias;
      todo.push(alias);
    } else throw new Error(`no such type: ${plain}`);
  }
  return { types, names };
}

function write(file: string, what: string, data: unknown): void {
  const text = gzipSync(JSON.stringify(data), { level: 9 }).toString("base64");
  const header = `/**\n * ${what} Generated by tools/generate_schemas.ts from Kubernetes ${
    version?.replace("v0.", "1.")
  }; do not edit.\n *\n * @module\n */\n`;
  writeFileSync(file, `${header}\n/** JSON, compressed with gzip, in base64. */\nexport const DATA =\n  "${text}";\n`);
  process.stdout.write(`${file}: ${text.length} bytes\n`);
}

const served = await discovery();
load("k8s.io/apimachinery/pkg/apis/meta/v1");
load("k8s.io/api/core/v1");
load("k8s.io/api/authentication/v1");
const kinds: Record<string, string> = {};
for (const gv of served) {
  const path = packagePath(gv.group, gv.version);
  load(path);
  const add = (group: string, version: string, kind: string): void => {
    load(packagePath(group, version));
    const pkg = packageOf(packagePath(group, version));
    if (pkg && structs.has(`${pkg.key}.${kind}`)) {
      kinds[`${group}/${version}/${kind}`] = `${pkg.key}.${kind}`;
    }
  };
  for (const r of gv.resources) {
    if (r.kind) add(gv.group, gv.version, r.kind);
    for (const s of r.sub ?? []) add(s.group, s.version, s.kind);
  }
}
const extra = ["meta/v1.DeleteOptions", "meta/v1.Status", "meta/v1.ObjectMeta"];
const root = new URL("../engine/sandbox/", import.meta.url).pathname;
write(join(root, "discovery_data.ts"), "The resources that a current Kubernetes serves.", served);
write(join(root, "schema_data.ts"), "The fields of Kubernetes' built-in types.", {
  kinds,
  ...reachable([...Object.values(kinds), ...extra]),
});
