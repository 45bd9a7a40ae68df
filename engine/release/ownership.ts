/**
 * Which objects are a release's own.
 *
 * A release owns what it made and what its DEPLOYED revisions name. It does
 * not own what existed before it, nor what the DEPLOYED revision of another
 * release names; such objects are never deleted.
 *
 * Helm 2 goes by the manifest alone: a failed install that is purged takes
 * objects with it that were there before.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import type { Release } from "../../model/mod.ts";
import { fetchRecords, recordHeads, releaseKey } from "../../storage/mod.ts";
import {
  cutDocuments,
  type ExistingObject,
  isSameKind,
  type NamedObject,
  namedObjects,
  type ResourceInfo,
  stringifyJson,
} from "../kube/mod.ts";
import { callOptions, messageOf, recordOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";
import { hasRun, isInForce, NOTHING_CHANGED } from "./was_deployed.ts";

/** Times in records are those of the machine that wrote them: clocks differ. Seconds. */
const CLOCK_SKEW_SECONDS = 300;

/** Programs that create objects for releases, as servers name them in `managedFields`. */
const RELEASE_MANAGERS = /^(skeg|tiller|helm|rudder|Go-http-client|Deno)\b/;

/** An object that is not the release's own, and why. */
export interface ForeignObject {
  readonly found: ExistingObject;
  /** In words: `release "db" has it, too`, `it existed before release "web"`. */
  readonly reason: string;
  /** It may be the release's own all the same: it may not be read, and no record says whose it is. */
  readonly isUnknown?: boolean | undefined;
  /** A warning about all objects of that owner has been given already. */
  readonly isTold?: boolean | undefined;
}

/** Objects by whose they are. */
export interface Sorted {
  readonly own: readonly ExistingObject[];
  readonly foreign: readonly ForeignObject[];
}

/** Tells a release's own objects from others. Records are read when they are first needed. */
export interface Ownership {
  /** Sorts objects that exist, and that revisions of the release name. */
  sort(found: readonly ExistingObject[]): Promise<Sorted>;
  /** The other release whose DEPLOYED revision names the object, if any. */
  otherOwner(info: ResourceInfo): Promise<string | undefined>;
  /** True when the newest DEPLOYED revisions name the object. */
  isDeployed(info: ResourceInfo): Promise<boolean>;
}

/** What is known besides the records. */
export interface OwnershipFacts {
  /** A revision as it was before the operation gave it another status. */
  readonly before?: Release | undefined;
  /** DEPLOYED revisions that are recorded in another place under the same name. */
  readonly rivals?: readonly Release[] | undefined;
}

/** Returns what tells the objects of release `name`. */
export function ownershipOf(env: Environment, name: string, facts: OwnershipFacts = {}): Ownership {
  const { before, rivals = [] } = facts;
  let others: Promise<readonly Claims[]> | undefined;
  let own: Promise<OwnRevisions> | undefined;
  const otherClaims = () => others ??= deployedOfOthers(env, name).then((found) => [...found, ...rivalClaims]);
  const rivalClaims = rivals.map((release) => new Claims(release));
  const ownRevisions = () => own ??= readOwn(env, name, before);
  const otherOwner = async (info: ResourceInfo): Promise<string | undefined> =>
    (await otherClaims()).find((claims) => claims.has(info))?.release;
  const isDeployed = async (info: ResourceInfo): Promise<boolean> =>
    (await ownRevisions()).deployed.some((claims) => claims.has(info));
  const reasonOf = async (found: ExistingObject): Promise<Pick<ForeignObject, "reason" | "isUnknown"> | undefined> => {
    const other = await otherOwner(found.info);
    if (other !== undefined) return { reason: `release ${JSON.stringify(other)} has it, too` };
    if (await isDeployed(found.info)) return undefined;
    const claims = (await ownRevisions()).made.filter((claims) => claims.has(found.info));
    if (claims.length === 0) return { reason: `no revision of release ${JSON.stringify(name)} made it` };
    if (found.isUnread === true) {
      return {
        reason: `it may not be read, and so may have existed before release ${JSON.stringify(name)}`,
        isUnknown: true,
      };
    }
    if (claims.some((revision) => isOf(found, revision))) return undefined;
    return { reason: `it existed before release ${JSON.stringify(name)} named it` };
  };
  return {
    otherOwner,
    isDeployed,
    async sort(found) {
      const mine: ExistingObject[] = [];
      const foreign: ForeignObject[] = [];
      for (const one of found) {
        const reason = await reasonOf(one);
        if (reason === undefined) mine.push(one);
        else foreign.push({ found: one, ...reason, isTold: rivalClaims.some((claims) => claims.has(one.info)) });
      }
      return { own: mine, foreign };
    },
  };
}

/** The objects that a revision names. */
class Claims {
  readonly release: string;
  /** Unix seconds: when the revision began. */
  readonly since: number;
  /** The revision was DEPLOYED once: what existed before it was its own from then on. */
  readonly hasRun: boolean;
  readonly #namespace: string;
  readonly #manifest: string;
  #objects: ReadonlyMap<string, readonly NamedObject[]> | undefined;

  constructor(release: Release, since = 0) {
    const { name, namespace, manifest } = release;
    this.release = name;
    this.since = since;
    this.hasRun = hasRun(release);
    this.#namespace = namespace;
    this.#manifest = manifest;
  }

  has({ resource, name, namespace }: ResourceInfo): boolean {
    // Most manifests of a large fleet do not have the name anywhere: they need not be parsed.
    if (!this.#manifest.includes(name)) return false;
    this.#objects ??= Map.groupBy(namedObjects(this.#manifest), ({ kind, name }) => `${kind}/${name}`);
    return (this.#objects.get(`${resource.kind}/${name}`) ?? []).some((object) =>
      isSameKind(object.group, resource.group) &&
      // A cluster-scoped object is the same whatever namespace a manifest gives it.
      (!resource.namespaced || (object.namespace || this.#namespace) === namespace)
    );
  }
}

/** Revisions of the release itself. */
interface OwnRevisions {
  /** Those that are DEPLOYED. */
  readonly deployed: readonly Claims[];
  /** Those that may have made objects, oldest first. */
  readonly made: readonly Claims[];
}

async function readOwn(env: Environment, name: string, before: Release | undefined): Promise<OwnRevisions> {
  const heads = (await recordHeads(env.driver, { name }, recordOptions(env))).toSorted((a, b) =>
    a.revision - b.revision
  );
  const createdAt = new Map(heads.map((head) => [head.key, head.createdAt]));
  const read = await fetchRecords(env.driver, heads.map(({ key }) => key), { ...recordOptions(env), as: manifestOnly });
  const releases = read.map((release) => release.revision === before?.revision ? manifestOnly(before) : release);
  const [oldest] = releases;
  const since = (release: Release): number => {
    const made = Date.parse(createdAt.get(releaseKey(name, release.revision)) ?? "") / 1000;
    const began = Number.isNaN(made) ? release.info.lastDeployed?.seconds ?? 0 : made;
    // Earlier revisions are gone from the history: what they made is older than what is left of it.
    if (release !== oldest || release.revision === 1) return began;
    return Math.min(began, (release.info.firstDeployed?.seconds ?? 0) - CLOCK_SKEW_SECONDS);
  };
  return {
    deployed: releases.filter(isInForce).map((release) => new Claims(release)),
    made: releases.filter(({ info }) => !info.description.endsWith(NOTHING_CHANGED))
      .map((release) => new Claims(release, since(release))),
  };
}

/**
 * DEPLOYED revisions of all other releases. Without the right to read them a
 * release can still be changed and deleted, as with Helm 2; a warning says so.
 */
async function deployedOfOthers(env: Environment, name: string): Promise<readonly Claims[]> {
  const found: Claims[] = [];
  try {
    const heads = await recordHeads(env.driver, {}, recordOptions(env));
    const keys = heads.filter((head) => head.name !== name && (head.status === "DEPLOYED" || !head.certain))
      .map(({ key }) => key);
    const options = { ...recordOptions(env), as: manifestOnly };
    for (const release of await fetchRecords(env.driver, keys, options)) {
      if (release.info.status.code === "DEPLOYED") found.push(new Claims(release));
    }
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 403) throw error;
    const text = "the records of other releases may not be read, so it is not known which objects they have, too: " +
      messageOf(error);
    env.report({ type: "warning", text });
  }
  return found;
}

/** What is looked at here of a record: whole ones of a large fleet would fill the memory. */
function manifestOnly({ name, namespace, revision, info, manifest }: Release): Release {
  return { name, namespace, revision, info, manifest, hooks: [] };
}

/**
 * True when the object is a revision's: made since the revision began, or
 * there when it was deployed. Servers since 1.18 name who wrote an object;
 * without that, its age decides. Both times are the server's own where records
 * are kept in the cluster.
 *
 * That a release wrote an object says nothing: one that is taken over by an
 * operation which then fails is still its maker's.
 */
function isOf({ metadata }: ExistingObject, { since, hasRun }: Claims): boolean {
  const created = seconds(metadata.creationTimestamp) ?? since;
  if (created < Math.floor(since)) return hasRun;
  // The one that wrote the object when it was created is the one that created it.
  const first = writersOf(metadata.managedFields).filter(({ time }) => time === created);
  return first.length === 0 || first.some(({ manager }) => RELEASE_MANAGERS.test(manager));
}

function writersOf(managedFields: unknown): { manager: string; time: number }[] {
  if (!Array.isArray(managedFields)) return [];
  return managedFields.flatMap((entry: { manager?: unknown; time?: unknown; subresource?: unknown }) => {
    const time = seconds(entry?.time);
    if (typeof entry?.manager !== "string" || time === undefined || entry.subresource) return [];
    return [{ manager: entry.manager, time }];
  });
}

function seconds(time: unknown): number | undefined {
  const parsed = typeof time === "string" ? Date.parse(time) : NaN;
  return Number.isNaN(parsed) ? undefined : Math.floor(parsed / 1000);
}

/**
 * Returns `manifest` without the documents of objects that exist and are not
 * the release's own: an update then treats them as anybody's.
 */
export async function withoutForeign(
  env: Environment,
  ownership: Ownership,
  namespace: string,
  manifest: string,
): Promise<string> {
  const foreign = await foreignAmong(
    env,
    ownership,
    namespace,
    await env.kube.build(namespace, manifest, callOptions(env)),
  );
  if (foreign.length === 0) return manifest;
  const gone = new Set(foreign.map(({ found }) => keyOf(found.info)));
  const { documents, join } = cutDocuments(manifest);
  const kept = await Promise.all(documents.map(async (document) => {
    const objects = await env.kube.build(namespace, document, callOptions(env));
    const own = objects.filter((info) => !gone.has(keyOf(info)));
    return own.length === objects.length ? document : own.length === 0 ? undefined : listOf(own);
  }));
  return join(kept);
}

/** A document of several objects. The comment keeps a stream that begins with it from being read as JSON alone. */
function listOf(infos: readonly ResourceInfo[]): string {
  return `# what is left of a list\n${
    stringifyJson({ apiVersion: "v1", kind: "List", items: infos.map(({ object }) => object) })
  }\n`;
}

/** The objects of a release's manifest that exist and are not its own. Only what is in doubt is looked at. */
export async function foreignAmong(
  env: Environment,
  ownership: Ownership,
  namespace: string,
  infos: readonly ResourceInfo[],
): Promise<readonly ForeignObject[]> {
  const doubtful: ResourceInfo[] = [];
  for (const info of infos) {
    if (await ownership.otherOwner(info) !== undefined || !await ownership.isDeployed(info)) doubtful.push(info);
  }
  if (doubtful.length === 0) return [];
  const text = doubtful.map((info) => JSON.stringify(identityOf(info))).join("\n");
  const found = await env.kube.findExisting(namespace, text, { ...callOptions(env), withUnread: true });
  return (await ownership.sort(found)).foreign;
}

/** The least that names an object. */
export function identityOf({ resource, name, namespace }: ResourceInfo): Record<string, unknown> {
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  return { apiVersion, kind: resource.kind, metadata: { name, ...namespace === "" ? {} : { namespace } } };
}

function keyOf({ resource, name, namespace }: ResourceInfo): string {
  return `${resource.group}/${resource.kind}/${namespace}/${name}`;
}

/** True when both name the same object. */
export function isSameObject(a: ResourceInfo, b: ResourceInfo): boolean {
  return keyOf(a) === keyOf(b);
}

/** Such as `ConfigMap "a" in namespace "blue"`. */
export function describeObject({ resource, name, namespace }: ResourceInfo): string {
  return `${resource.kind} ${JSON.stringify(name)}${
    namespace === "" ? "" : ` in namespace ${JSON.stringify(namespace)}`
  }`;
}
