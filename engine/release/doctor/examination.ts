/**
 * Everything that checks read: the places of records, the releases in them, and facts of the cluster. Each fact is read
 * when a check first asks for it, and once.
 *
 * @module
 */
import { RECORDS_NAMESPACE, type Timestamp } from "../../model/mod.ts";
import type { NamedObject } from "../../kube/mod.ts";
import type { Environment } from "../environment.ts";
import { keyOf } from "../object_names.ts";
import { type AsInSummary, asInTest } from "./as_in.ts";
import { factsOnly, readEntry, type ReadRecord, type RecordFacts, unreadRecord } from "./contents.ts";
import { endingApis } from "./_ending_apis.ts";
import type { FindingDetails, Unseen } from "./finding.ts";
import type { MigrationJournal } from "../_migration_journals.ts";
import { type Helm3Record, helm3Records, migrationJournals } from "./helm3.ts";
import { type Inventory, type RecordEntry, type RecordStore, takeInventory } from "./inventory.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { type LiveReader, liveReader } from "./live.ts";
import { type TillerPod, tillerPods } from "./tillers.ts";

/** Options of an examination. */
export interface DoctorOptions {
  /** Only this release; default: all. */
  readonly release?: string | undefined;
  /** Only records in this namespace; default: all namespaces that have records. */
  readonly recordsNamespace?: string | undefined;
  /** If true, reads all revisions; default: the newest, DEPLOYED, PENDING and DELETING ones. */
  readonly deep?: boolean | undefined;
  /** A version of Kubernetes, such as `1.25`: API versions that it no longer has are reported, too. */
  readonly kubernetes?: string | undefined;
  /** A pending operation recorded this many seconds ago is assumed to have ended; default 600. */
  readonly olderThanSeconds?: number | undefined;
}

/** The examination of a cluster. */
export interface Examination {
  /** The cluster, the clock, and the configured storage. */
  readonly env: Environment;
  /** As given. */
  readonly options: DoctorOptions;
  /** When the examination began. */
  readonly now: Timestamp;
  /** The places of records, the configured one first. */
  readonly stores: readonly RecordStore[];
  /** Things that could not be looked at so far. */
  readonly unseen: readonly Unseen[];
  /** Objects in the DEPLOYED revisions of releases that were examined so far; complete for checks of scope `cluster`. */
  readonly deployedObjects: readonly DeployedObjects[];
  /** Returns the running Tillers. */
  tillers(): Promise<readonly TillerPod[]>;
  /** Returns the records of Helm 3, by metadata alone. */
  helm3(): Promise<readonly Helm3Record[]>;
  /** Returns the journals of migrations to Helm 3 beside the records of a place, by metadata alone. */
  migrations(store: RecordStore): Promise<readonly MigrationJournal[]>;
  /** Notes that something could not be looked at. */
  noteUnseen(what: string, why: string): void;
}

/** Names of the objects in a DEPLOYED revision. */
export interface DeployedObjects {
  /** The release. */
  readonly release: string;
  /** Where its records are. */
  readonly store: RecordStore;
  /** The revision. */
  readonly revision: number;
  /** Namespace of the release, for objects that name none. */
  readonly namespace: string;
  /** The objects. */
  readonly objects: readonly NamedObject[];
}

/** One release in one place of records. */
export interface ExaminedRelease {
  /** Its name. */
  readonly name: string;
  /** Where its records are. */
  readonly store: RecordStore;
  /** All revisions, oldest first; at least one. */
  readonly records: readonly RecordFacts[];
  /** The newest revision, of those that can be decoded if there are any: Tiller skips the others. */
  readonly newest: RecordFacts;
  /** Its live objects. */
  readonly live: LiveReader;
  /** Reads a record; `undefined` when it was removed since. */
  content(record: RecordFacts): Promise<ReadRecord | undefined>;
  /** Compares live objects with revisions; leaves out those that cannot be decoded. `undefined` with fewer than two. */
  asIn(records: readonly RecordFacts[]): Promise<AsInSummary | undefined>;
}

/** A finding of a check that looks at more than one release. */
export interface PlacedFinding extends FindingDetails {
  /** The release; absent: none. */
  readonly release?: string | undefined;
  /** Where the records are; absent: the place that is looked at, or none. */
  readonly store?: RecordStore | undefined;
}

/** Finds one unhealthy state. */
export type DoctorCheck = CheckBase & (ReleaseCheck | StoreCheck | ClusterCheck);

/** The parts that all checks have. */
export interface CheckBase {
  /** Such as `R2`. */
  readonly id: string;
  /** Such as `pending-upgrade`. */
  readonly name: string;
}

/** Looks at one release; called for each. */
export interface ReleaseCheck {
  /** The subject of one call. */
  readonly scope: "release";
  /** Returns what is found. */
  readonly look: (examination: Examination, release: ExaminedRelease) => Promise<readonly FindingDetails[]>;
}

/** Looks at one place of records; called for each. */
export interface StoreCheck {
  /** The subject of one call. */
  readonly scope: "store";
  /** Returns what is found. */
  readonly look: (examination: Examination, store: RecordStore) => Promise<readonly PlacedFinding[]>;
}

/** Looks at the cluster, after all releases. */
export interface ClusterCheck {
  /** The subject of one call. */
  readonly scope: "cluster";
  /** Returns what is found. */
  readonly look: (examination: Examination) => Promise<readonly PlacedFinding[]>;
}

/** Lists the records, and returns what checks read. */
export async function beginExamination(
  env: Environment,
  options: DoctorOptions,
): Promise<Examination & { addDeployed(objects: DeployedObjects): void }> {
  const scope = { namespace: options.recordsNamespace };
  const inventory: Inventory = await takeInventory(env, scope);
  const unseen: Unseen[] = [...inventory.unseen];
  const deployedObjects: DeployedObjects[] = [];
  const noteUnseen = (what: string, why: string): void => {
    if (!unseen.some((one) => one.what === what)) unseen.push({ what, why });
  };
  let tillers: Promise<readonly TillerPod[]> | undefined;
  let helm3: Promise<readonly Helm3Record[]> | undefined;
  const migrations = new Map<string, Promise<readonly MigrationJournal[]>>();
  return {
    env,
    options,
    now: env.clock(),
    stores: inventory.stores,
    deployedObjects,
    unseen,
    noteUnseen,
    addDeployed: (objects) => void deployedObjects.push(objects),
    tillers: () => tillers ??= tillerPods(env, scope.namespace, noteUnseen),
    helm3: () => helm3 ??= helm3Records(env, noteUnseen),
    migrations: ({ namespace }) => {
      // Records in a database have their journals where a Tiller keeps ConfigMaps.
      const place = namespace || (env.journals ?? RECORDS_NAMESPACE);
      const known = migrations.get(place) ?? migrationJournals(env, place, noteUnseen);
      migrations.set(place, known);
      return known;
    },
  };
}

/** The most records of one release that are read, besides the newest and those that `deep` reads. */
const KEPT_MAX = 12;

/**
 * Reads the records of a release that decide its state.
 *
 * @param entries Oldest first; at least one.
 */
export async function examineRelease(
  examination: Examination,
  name: string,
  store: RecordStore,
  entries: readonly RecordEntry[],
): Promise<ExaminedRelease> {
  const { env, options } = examination;
  const isDeep = options.deep === true;
  const chosen = new Set(chosenEntries(entries));
  const kept = new Map<string, ReadRecord>();
  const records: RecordFacts[] = [];
  for (const entry of entries) {
    const isChosen = chosen.has(entry);
    const record: ReadRecord | undefined = isChosen || isDeep
      ? await readEntry(env, store, entry)
      : unreadRecord(entry);
    if (record === undefined) continue; // removed since it was listed
    if (isChosen) kept.set(entry.key, record);
    const facts = factsOnly(record);
    const { release } = record;
    records.push(isDeep && release !== undefined ? { ...facts, endingApis: endingApis(release) } : facts);
  }
  const live = liveReader(env, clusterFacts(examination));
  // Several checks ask for the same few records.
  const reading = new Map<string, ReturnType<typeof readEntry>>();
  const content: ExaminedRelease["content"] = async ({ entry }) => {
    const known = kept.get(entry.key) ?? await reading.get(entry.key);
    if (known !== undefined) return known;
    const read = readEntry(env, store, entry);
    reading.set(entry.key, read);
    return await read;
  };
  const newest = records.findLast(({ problem }) => problem === undefined) ?? records.at(-1);
  return {
    name,
    store,
    records,
    newest: newest ?? unreadRecord(entries.at(-1) as RecordEntry),
    live,
    content,
    asIn: async (wanted) => await compareWithLive(live, await Promise.all(wanted.map(content))),
  };
}

/** Returns the newest entry, and those whose status matters or is in doubt. */
function chosenEntries(entries: readonly RecordEntry[]): readonly RecordEntry[] {
  const newest = entries.at(-1);
  const matters = entries.filter((entry) =>
    entry !== newest && (!entry.isCertain || /^(DEPLOYED|DELETING|PENDING_.*|UNKNOWN|)$/.test(entry.status))
  );
  return [...newest === undefined ? [] : [newest], ...matters.slice(-KEPT_MAX)];
}

async function compareWithLive(
  live: LiveReader,
  records: readonly (ReadRecord | undefined)[],
): Promise<AsInSummary | undefined> {
  const releases = records.flatMap((record) => record?.release ?? []);
  if (releases.length < 2) return undefined;
  const stored = await Promise.all(releases.map((release) => live.objectsOf(release)));
  if (stored.some(({ problem }) => problem !== "")) return undefined;
  const infos = new Map(stored.flatMap(({ infos }) => infos.map((info) => [keyOf(info), info])));
  const looks = await live.read([...infos.values()]);
  const sides = releases.map(({ revision }, at) => ({
    revision,
    objects: new Map(stored[at]?.infos.map((info) => [keyOf(info), info.object])),
  }));
  return asInTest(sides, (key) => {
    const look = looks.get(key);
    return look?.state === "live" ? look.object : look?.state ?? "missing";
  });
}
