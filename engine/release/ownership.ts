/**
 * Decides which objects belong to a release.
 *
 * A release owns the objects that it created and those that its DEPLOYED revisions name. It does not own
 * objects that existed before it, nor those that a DEPLOYED revision of another release names; such objects
 * are never deleted.
 *
 * Helm 2 uses the manifest alone: purging a failed install deletes objects that existed before it.
 *
 * @module
 */
import type { Release } from "../model/mod.ts";
import { fetchRecords, type RecordHead, recordHeads, withDetail } from "../../storage/mod.ts";
import {
  type ExistingObject,
  type KnownDocuments,
  KubeManifest,
  type NamedObject,
  namedObjects,
  type ResourceInfo,
} from "../kube/mod.ts";
import { callOptions, recordOptions } from "./_calls.ts";
import { Claims } from "./_claims.ts";
import { type FindOwners, ownersBeside } from "./_others.ts";
import type { Environment } from "./environment.ts";
import { keyOf } from "./object_names.ts";
import { changedSomething, isInForce } from "./was_deployed.ts";

/** Allowed clock difference, in seconds: times in records come from the machine that wrote them. */
const CLOCK_SKEW_SECONDS = 300;

/** Programs that create objects for releases, as servers name them in `managedFields`. */
const RELEASE_MANAGERS = /^(skeg|tiller|helm|rudder|Go-http-client|Deno)\b/;

/** True for a program that creates objects for releases. */
export function isReleaseManager(manager: string): boolean {
  return RELEASE_MANAGERS.test(manager);
}

/** An object that does not belong to the release, and the reason. */
export interface ForeignObject {
  readonly found: ExistingObject;
  /** In words: `release "db" has it, too`, `it existed before release "web"`. */
  readonly reason: string;
  /** True if the object may belong to the release after all: it cannot be read, and no record names its owner. */
  readonly isUnknown?: boolean | undefined;
  /** True if a warning about all objects of that owner was already given. */
  readonly isTold?: boolean | undefined;
}

/** Objects, divided by ownership. */
export interface Sorted {
  readonly own: readonly ExistingObject[];
  readonly foreign: readonly ForeignObject[];
}

/** Distinguishes a release's own objects from others. Reads records on first use. */
export interface Ownership {
  /** Divides existing objects that revisions of the release name. */
  sort(found: readonly ExistingObject[]): Promise<Sorted>;
  /** Returns for each object the other release whose DEPLOYED revision names it, if any. */
  otherOwners(infos: readonly ResourceInfo[]): Promise<readonly (string | undefined)[]>;
  /**
   * Returns the objects that a DEPLOYED revision of another release names, or that no DEPLOYED revision of
   * this one names.
   */
  doubtful(infos: readonly ResourceInfo[]): Promise<readonly ResourceInfo[]>;
}

/** Facts that are not in the records. */
export interface OwnershipFacts {
  /** A revision before the operation changed its status. */
  readonly before?: Release | undefined;
  /** If true, `before` counts even if its record was removed since: the caller knows that it created the objects. */
  readonly countsRemoved?: boolean | undefined;
  /** DEPLOYED revisions that are recorded in another place under the same name. */
  readonly rivals?: readonly Release[] | undefined;
  /** Documents of the release's manifests that are decoded already. */
  readonly known?: KnownDocuments | undefined;
  /** Finds the owners among the other releases; default: reads their DEPLOYED revisions. */
  readonly findOwners?: FindOwners | undefined;
}

/** Returns the ownership check for release `name`. */
export function ownershipOf(env: Environment, name: string, facts: OwnershipFacts = {}): Ownership {
  const rivals = (facts.rivals ?? []).map((release) => new Claims(release));
  const findOwners = facts.findOwners ?? ownersBeside(env, name);
  const own = ownRevisions(env, name, facts);
  const otherOwners: Ownership["otherOwners"] = async (infos) => {
    const owners = await findOwners(infos);
    return infos.map((info) => owners.get(keyOf(info)) ?? rivals.find((claims) => claims.has(info))?.release);
  };
  return {
    otherOwners,
    async sort(found) {
      const owners = await otherOwners(found.map(({ info }) => info));
      const mine: ExistingObject[] = [];
      const foreign: ForeignObject[] = [];
      for (const [index, one] of found.entries()) {
        const reason = await reasonOf(name, one, owners[index], own);
        if (reason === undefined) mine.push(one);
        else foreign.push({ found: one, ...reason, isTold: rivals.some((claims) => claims.has(one.info)) });
      }
      return { own: mine, foreign };
    },
    async doubtful(infos) {
      const owners = await otherOwners(infos);
      const deployed = await own.deployed();
      return infos.filter((info, index) => owners[index] !== undefined || !deployed.some((one) => one.has(info)));
    },
  };
}

/** Returns the reason why an object does not belong to the release; `undefined` when it does. */
async function reasonOf(
  name: string,
  found: ExistingObject,
  other: string | undefined,
  own: OwnRevisions,
): Promise<Pick<ForeignObject, "reason" | "isUnknown"> | undefined> {
  const release = `release ${JSON.stringify(name)}`;
  if (other !== undefined) return { reason: `release ${JSON.stringify(other)} has it, too` };
  if ((await own.deployed()).some((claims) => claims.has(found.info))) return undefined;
  const claims = (await own.made()).filter((claims) => claims.has(found.info));
  if (claims.length === 0) return { reason: `no revision of ${release} created it` };
  if (found.isUnread === true) {
    return { reason: `it cannot be read, so it may have existed before ${release}`, isUnknown: true };
  }
  if (claims.some((revision) => isOf(found, revision))) return undefined;
  return { reason: `it existed before ${release} named it` };
}

/** Revisions of the release itself; each is read on first use. */
interface OwnRevisions {
  /** Returns the DEPLOYED revisions. */
  deployed(): Promise<readonly Claims[]>;
  /** Returns the revisions that may have created objects, oldest first. */
  made(): Promise<readonly Claims[]>;
}

function ownRevisions(env: Environment, name: string, facts: OwnershipFacts): OwnRevisions {
  const { before, countsRemoved = false, known } = facts;
  /** By revision: most are asked for twice. Only names are kept, as manifests may be large. */
  const named = new Map<number, readonly NamedObject[]>();
  const objectsOf = ({ revision, manifest }: Release): readonly NamedObject[] => {
    const objects = named.get(revision) ?? namedObjects(new KubeManifest(manifest, known).entries());
    named.set(revision, objects);
    return objects;
  };
  let heads: Promise<readonly RecordHead[]> | undefined;
  let deployed: Promise<readonly Claims[]> | undefined;
  let made: Promise<readonly Claims[]> | undefined;
  const readHeads = () => heads ??= recordHeads(env.driver, { name }, recordOptions(env));
  const read = async (wanted: readonly RecordHead[]): Promise<readonly Release[]> => {
    const keys = wanted.filter(({ revision }) => revision !== before?.revision).map(({ key }) => key);
    const found = await fetchRecords(env.driver, keys, { ...recordOptions(env), detail: "manifest" });
    const isThere = countsRemoved || wanted.some(({ revision }) => revision === before?.revision);
    return before !== undefined && isThere ? [...found, withDetail(before, "manifest")] : found;
  };
  const readDeployed = async (): Promise<readonly Claims[]> => {
    const wanted = (await readHeads()).filter(({ revision, status, certain }) =>
      status === "DEPLOYED" || !certain || revision === before?.revision
    );
    return (await read(wanted)).filter(isInForce)
      .map((release) => new Claims(release, { objects: objectsOf(release) }));
  };
  const readMade = async (): Promise<readonly Claims[]> => {
    const all = await readHeads();
    const releases = (await read(all)).toSorted((a, b) => a.revision - b.revision);
    const begins = releases.map((release) => beginOf(release, all));
    return releases.flatMap((release, index) => {
      if (!changedSomething(release)) return [];
      const since = Math.min(begins[index] ?? 0, index === 0 ? firstBegin(release) : Infinity);
      return [new Claims(release, { since, until: begins[index + 1], objects: objectsOf(release) })];
    });
  };
  return { deployed: () => deployed ??= readDeployed(), made: () => made ??= readMade() };
}

/**
 * A record that is so much younger than its revision was imported, or moved from another storage. Operations create it
 * within the time that rendering and crd-install hooks take.
 */
const MOVED_AFTER_SECONDS = 3600;

/** Returns when a revision began, in Unix seconds of the server's clock, or of the writer's for a moved record. */
function beginOf({ revision, info }: Release, heads: readonly RecordHead[]): number {
  const made = Date.parse(heads.find((head) => head.revision === revision)?.createdAt ?? "") / 1000;
  const begun = info.lastDeployed?.seconds ?? 0;
  return Number.isNaN(made) || begun > 0 && made - begun > MOVED_AFTER_SECONDS ? begun : made;
}

/**
 * Returns when the release began: objects of revisions that were pruned from the history are older than the
 * oldest revision left.
 */
function firstBegin({ revision, info }: Release): number {
  return revision === 1 ? Infinity : (info.firstDeployed?.seconds ?? 0) - CLOCK_SKEW_SECONDS;
}

/**
 * True if the object belongs to a revision: it was created after the revision began and before the next one
 * did, or it existed when the revision was deployed. Servers since 1.18 record which client wrote an object;
 * without that, its age decides. For records in the cluster, both times are from the server's clock.
 *
 * A write by a release is not enough: an object that an operation took over before it failed still belongs to
 * its creator.
 */
function isOf({ metadata }: ExistingObject, { since, until, hasRun }: Claims): boolean {
  const created = seconds(metadata.creationTimestamp) ?? since;
  if (created < Math.floor(since)) return hasRun;
  // The object is younger than the next revision, so this revision did not create it; later revisions are
  // checked on their own.
  if (created > Math.ceil(until)) return false;
  // The client that wrote the object at its creation time created it.
  const first = writersOf(metadata.managedFields).filter(({ time }) => time === created);
  return first.length === 0 || first.some(({ manager }) => isReleaseManager(manager));
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
 * Returns the objects without those that exist and are not the release's own: an update then treats these as
 * existing objects of unknown origin.
 *
 * @param onUnknown Called with those that cannot be read: they may be the release's own, and are left where they are.
 */
export async function withoutForeign(
  env: Environment,
  ownership: Ownership,
  infos: readonly ResourceInfo[],
  onUnknown: (foreign: readonly ForeignObject[]) => void = () => {},
): Promise<readonly ResourceInfo[]> {
  const foreign = await foreignAmong(env, ownership, infos);
  onUnknown(foreign.filter(({ isUnknown = false }) => isUnknown));
  const keys = new Set(foreign.map(({ found }) => keyOf(found.info)));
  return keys.size === 0 ? infos : infos.filter((info) => !keys.has(keyOf(info)));
}

/** Returns the existing objects of a release's manifest that do not belong to it. Only doubtful objects are read. */
export async function foreignAmong(
  env: Environment,
  ownership: Ownership,
  infos: readonly ResourceInfo[],
): Promise<readonly ForeignObject[]> {
  const doubtful = await ownership.doubtful(infos);
  if (doubtful.length === 0) return [];
  const found = await env.kube.findExisting(doubtful, { ...callOptions(env), withUnread: true });
  return (await ownership.sort(found)).foreign;
}
