/**
 * Maps documents from API versions that the server no longer has to those that it has. Both the text and the
 * objects of a manifest change; of a manifest without such documents, neither does.
 *
 * `engine/kube/served` knows the successors and is loaded for the first such document. When the server has
 * all API versions of a manifest, nothing is loaded, requested or changed.
 *
 * Source: `removed-apis.md`; Helm 2 and 3 fail on such manifests.
 *
 * @module
 */
import { KubeError, SkegError } from "../../errors.ts";
import type { KubeObject } from "../model/mod.ts";
import { call, isNotFound } from "./call.ts";
import { type Discovered, type Discovery, findResource } from "./discovery.ts";
import { asText, isObject, sameJson } from "./json.ts";
import { itemOf, type ManifestEntry } from "./entries.ts";
import { KubeDocument, type KubeManifest } from "./manifest.ts";
import { groupVersion, objectPath } from "./paths.ts";
import type {
  KubeCallOptions,
  ManifestUse,
  MappedManifest,
  MapRemovedOptions,
  MapRequest,
  RemovedDocument,
  Transport,
} from "./types.ts";
import { decodeDocument, stringifyJson } from "./yaml.ts";

type Served = typeof import("./served/mod.ts");

/** Context of a mapping. */
interface Mapper {
  readonly served: Served;
  readonly known: Discovered;
  readonly transport: Transport;
  readonly namespace: string;
  readonly options: MapRemovedOptions;
  /** Live objects by path: both sides of a patch use the same ones. */
  readonly live: Map<string, Promise<KubeObject | undefined>>;
  /** Objects of an `original` whose kind has no successor: no client can reach them. */
  readonly outOfReach: Set<string>;
  readonly problems: SkegError[];
}

/** One object of a document after mapping; without `object`, it is left out. */
interface MappedObject {
  readonly object: KubeObject | undefined;
  readonly note: RemovedDocument;
}

/**
 * Maps every document of every manifest whose kind the server no longer has.
 *
 * Reads live objects where a mapping depends on them. All refusals are collected and thrown as one error,
 * before anything is changed.
 *
 * @returns One result for each request, in order.
 * @throws SkegError that names each object that cannot be mapped.
 */
export async function mapRemoved(
  discovery: Discovery,
  transport: Transport,
  namespace: string,
  requests: readonly MapRequest[],
  options: MapRemovedOptions = {},
): Promise<MappedManifest[]> {
  const known = await knownOrFresh(discovery, requests.map(({ manifest }) => manifest), options);
  if (known === undefined) return requests.map(({ manifest }) => ({ manifest, documents: [] }));
  const mapper: Mapper = {
    served: await import("./served/mod.ts"),
    known,
    transport,
    namespace,
    options,
    live: new Map(),
    outOfReach: new Set(),
    problems: [],
  };
  // Old sides first: a target is not refused for objects that are out of reach in the old side.
  const order = requests.map((request, index) => ({ request, index }))
    .sort((a, b) => Number(a.request.use !== "original") - Number(b.request.use !== "original"));
  const results: MappedManifest[] = [];
  for (const { request, index } of order) results[index] = await mapManifest(mapper, request);
  const problem = joinRefusals(mapper.problems);
  if (problem !== undefined) throw problem;
  return results;
}

/** Returns the documents whose kind the server no longer has, in order. Reads no object. */
export async function findRemoved(
  discovery: Discovery,
  manifests: readonly KubeManifest[],
  options: KubeCallOptions = {},
): Promise<RemovedDocument[]> {
  const known = await knownOrFresh(discovery, manifests, options);
  if (known === undefined) return [];
  const served = await import("./served/mod.ts");
  return manifests.flatMap((manifest) =>
    manifest.documents.flatMap(({ text, entry }) =>
      expanded(entry).filter((one) => isRemoved(served, known, one)).map((one) => {
        const to = successorOf(served, known, one)?.apiVersion;
        const words = served.describeRemoved(versionOf(one), one.wanted.kind, isServedBy(known));
        return { ...noteOf(one, text), to, changes: [words] };
      })
    )
  );
}

/**
 * Returns the discovery if the server lacks a kind that manifests name and that Kubernetes once had; else
 * `undefined`.
 */
async function knownOrFresh(
  discovery: Discovery,
  manifests: readonly KubeManifest[],
  options: KubeCallOptions,
): Promise<Discovered | undefined> {
  const lacks = async (known: Discovered): Promise<boolean> => {
    const missed = manifests.flatMap((manifest) => manifest.entries().flatMap(expanded))
      .filter(({ wanted }) => findResource(known, wanted) === undefined);
    if (missed.length === 0) return false;
    const served = await import("./served/mod.ts");
    return missed.some((entry) => isRemoved(served, known, entry) || otherVersion(known, entry) !== undefined);
  };
  if (!await lacks(await discovery.get(options))) return undefined;
  // A long-lived client may have read discovery before an upgrade of the server.
  const known = await discovery.refresh(options);
  return await lacks(known) ? known : undefined;
}

/** Returns the objects of a document, lists expanded; none when it cannot be read, which resolving it reports. */
function expanded(entry: ManifestEntry | SkegError | undefined): ManifestEntry[] {
  if (entry === undefined || entry instanceof SkegError) return [];
  const { items } = entry.object;
  if (!Array.isArray(items)) return [entry];
  return items.map((item) => itemOf(item, entry)).filter((item) => !(item instanceof SkegError)) as ManifestEntry[];
}

/** True if Kubernetes had the kind under that version and this server no longer has it. */
function isRemoved(served: Served, known: Discovered, { wanted }: ManifestEntry): boolean {
  if (findResource(known, wanted) !== undefined) return false;
  const version = groupVersion(wanted.group, wanted.version);
  if (!served.isKnownKind(version, wanted.kind)) return false;
  if (!known.failed.has(version)) return true;
  throw new KubeError(
    `the server lists ${version} without its kinds, so it is unknown whether it has ${wanted.kind}`,
    503,
    "ServiceUnavailable",
    { hint: "Run the command again when the API server has recovered." },
  );
}

/**
 * Returns another version of the same group at which the server has the kind, such as after a
 * CustomResourceDefinition dropped its first version. Both are the same object.
 */
function otherVersion(known: Discovered, { wanted }: ManifestEntry): string | undefined {
  if (findResource(known, wanted) !== undefined) return undefined;
  return known.versions.get(wanted.group)?.map((version) => groupVersion(wanted.group, version))
    .find((version) => known.resources.has(`${version}/${wanted.kind}`));
}

/**
 * Returns the successor of a kind that the server has; `undefined` when there is none, or none that can be
 * mapped to.
 */
function successorOf(
  served: Served,
  known: Discovered,
  entry: ManifestEntry,
): { apiVersion: string; kind: string } | undefined {
  const found = served.successorOf(versionOf(entry), entry.wanted.kind, isServedBy(known));
  return typeof found === "object" && "apiVersion" in found ? found : undefined;
}

function isServedBy(known: Discovered): (apiVersion: string, kind: string) => boolean {
  return (apiVersion, kind) => known.resources.has(`${apiVersion}/${kind}`);
}

function versionOf({ wanted }: ManifestEntry): string {
  return groupVersion(wanted.group, wanted.version);
}

function nameOf({ object }: ManifestEntry): { name: string; namespace: string } {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return { name: asText(metadata.name), namespace: asText(metadata.namespace) };
}

/** The template that a document's first such line names. */
function sourceOf(text: string): string | undefined {
  return /^# Source: (.+)$/m.exec(text)?.[1]?.trimEnd() || undefined;
}

function noteOf(entry: ManifestEntry, text: string): RemovedDocument {
  return {
    object: `${entry.wanted.kind} ${JSON.stringify(nameOf(entry).name)}`,
    source: sourceOf(text),
    from: versionOf(entry),
    to: undefined,
    changes: [],
  };
}

async function mapManifest(mapper: Mapper, { manifest, use }: MapRequest): Promise<MappedManifest> {
  const notes: RemovedDocument[] = [];
  const documents: (KubeDocument | undefined)[] = [];
  for (const document of manifest.documents) documents.push(await mapDocument(mapper, document, use, notes));
  return { manifest: notes.length === 0 ? manifest : manifest.with(documents), documents: notes };
}

/** Returns the document after mapping; `undefined` when it is left out entirely. */
async function mapDocument(
  mapper: Mapper,
  document: KubeDocument,
  use: ManifestUse,
  notes: RemovedDocument[],
): Promise<KubeDocument | undefined> {
  const { text, entry } = document;
  if (entry === undefined || entry instanceof SkegError) return document;
  const { items } = entry.object;
  const parts = Array.isArray(items) ? items.map((item) => itemOf(item, entry)) : [entry];
  const isMapped = (part: ManifestEntry | SkegError): boolean =>
    !(part instanceof SkegError) && (isRemoved(mapper.served, mapper.known, part) ||
      use === "identify" && otherVersion(mapper.known, part) !== undefined);
  if (!parts.some(isMapped)) return document;
  const objects: unknown[] = [];
  for (const part of parts) {
    if (part instanceof SkegError || !isMapped(part)) {
      objects.push(part instanceof SkegError ? undefined : part.object);
      continue;
    }
    const mapped = await mapOne(mapper, part, text, use);
    if (mapped === undefined) continue;
    notes.push(mapped.note);
    if (mapped.object !== undefined) objects.push(mapped.object);
  }
  if (objects.length === 0) return undefined;
  const after = Array.isArray(items) ? { apiVersion: "v1", kind: "List", items: objects } : objects[0];
  return new KubeDocument(rewritten(mapper, text, entry.object as KubeObject, after as KubeObject));
}

/** Returns the text of a document with the mapped object; as JSON where YAML cannot hold it. */
function rewritten({ served }: Mapper, text: string, before: KubeObject, after: KubeObject): string {
  const written = served.rewriteDocument(text, before, after, decodeDocument);
  if (written !== undefined) return written.endsWith("\n") ? written : `${written}\n`;
  const comments = text.split("\n").filter((line) => /^# Source: /.test(line)).map((line) => `${line}\n`).join("");
  const json = `${comments}${stringifyJson(after)}\n`;
  if (sameJson(decodeDocument(json), after)) return json;
  throw new SkegError("internal", `${before.kind} ${JSON.stringify(before.metadata?.name)} cannot be written as text`);
}

/** Maps one object; returns `undefined` for a refusal, which is added to the problems. */
async function mapOne(
  mapper: Mapper,
  entry: ManifestEntry,
  text: string,
  use: ManifestUse,
): Promise<MappedObject | undefined> {
  const { served, known, options } = mapper;
  const isServed = isServedBy(known);
  const object = entry.object as KubeObject;
  const note = noteOf(entry, text);
  const leftOut = (): MappedObject => ({ object: undefined, note });
  if (use === "identify") {
    const other = otherVersion(known, entry);
    const found = served.mapIdentity(object, isServed) ??
      (other === undefined ? undefined : { ...object, apiVersion: other });
    return found === undefined ? leftOut() : { object: found, note: { ...note, to: found.apiVersion } };
  }
  const place = `${entry.wanted.kind}/${nameOf(entry).namespace || mapper.namespace}/${nameOf(entry).name}`;
  try {
    const mapped = served.mapRemovedApi(object, {
      isServed,
      live: use === "create" ? undefined : await liveOf(mapper, entry),
      side: use === "original" ? "old" : "target",
      allowLossy: options.allowLossy,
      force: options.force,
    });
    // The version is reported separately from other changes.
    const changes = mapped.changes.filter((change) => !change.startsWith("apiVersion: "));
    return { object: mapped.object, note: { ...note, to: mapped.object.apiVersion, changes } };
  } catch (error) {
    if (!(error instanceof served.RemovedApiError)) throw error;
    if (error.situation === "no-successor") {
      if (use === "original") mapper.outOfReach.add(place);
      if (use === "original" || options.skipRemoved || mapper.outOfReach.has(place)) return leftOut();
    }
    mapper.problems.push(withSource(error, note.source));
    return undefined;
  }
}

function withSource(error: SkegError, source: string | undefined): SkegError {
  if (source === undefined) return error;
  return new SkegError(error.kind, error.message, { cause: error, hint: error.hint, details: `template ${source}` });
}

/** Returns the live object of an entry, at the version that the server has; `undefined` when there is none. */
function liveOf(mapper: Mapper, entry: ManifestEntry): Promise<KubeObject | undefined> {
  const { served, known, transport, options } = mapper;
  const successor = successorOf(served, known, entry);
  const resource = successor && known.resources.get(`${successor.apiVersion}/${successor.kind}`);
  const { name, namespace } = nameOf(entry);
  if (resource === undefined || name === "") return Promise.resolve(undefined);
  const path = objectPath(resource, resource.namespaced ? namespace || mapper.namespace : "", name);
  const reading = mapper.live.get(path) ?? readLive(transport, path, options);
  mapper.live.set(path, reading);
  return reading;
}

async function readLive(
  transport: Transport,
  path: string,
  { signal }: KubeCallOptions,
): Promise<KubeObject | undefined> {
  try {
    return await call(transport, { method: "GET", path, signal }) as KubeObject;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Returns one error for all objects that cannot be mapped. */
function joinRefusals(problems: readonly SkegError[]): SkegError | undefined {
  const [first] = problems;
  if (first === undefined) return undefined;
  const lines = problems.map(({ message, details }) => `${message}${details === undefined ? "" : ` (${details})`}`);
  const hints = [...new Set(problems.flatMap(({ hint }) => hint === undefined ? [] : [hint]))];
  const [line = ""] = lines;
  return new SkegError(
    first.kind,
    lines.length === 1
      ? line
      : `${lines.length} objects name API versions that this server no longer has, and cannot be mapped:\n` +
        lines.map((one) => `  ${one}`).join("\n"),
    { cause: first, details: hints.length === 0 ? undefined : hints.join("\n") },
  );
}
