/**
 * Imports releases from an archive.
 *
 * Records are only created: equal ones are passed over, different ones are an error before anything is written.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { plainOf, type PlainRecord, type PlainRecords, readKey } from "../../../storage/mod.ts";
import type { Environment } from "../environment.ts";
import { type RecordArchive, unpackArchive } from "../repair/archive.ts";
import { withLease } from "../lease.ts";
import { checkNameIsFree } from "../same_name.ts";
import { nameOf, plainRecords } from "./export.ts";
import { createObjects, type ImportedObject } from "./import_objects.ts";
import { renamed, type Renames } from "./rename.ts";
import { compareWithTarget, createRecords, refuseProblems } from "./target.ts";

/** Options of {@linkcode importReleases}. */
export interface ImportOptions {
  /** Bytes of an export, or of the backup of a repair. */
  readonly archive: Uint8Array;
  /** Names of releases, as in the archive; default: all of it. */
  readonly releases?: readonly string[] | undefined;
  /** New names by old ones. Objects keep their names. */
  readonly rename?: Renames | undefined;
  /** If true, also creates the archived live objects that do not exist, in the order of an install; hooks do not run. */
  readonly objects?: boolean | undefined;
  /** If true, writes nothing. */
  readonly dryRun?: boolean | undefined;
}

/** A record of an import. */
export interface ImportedRecord {
  /** Its key in the storage: `web.v3`. */
  readonly key: string;
  /** The release. */
  readonly release: string;
  /** Its status, by its label. */
  readonly status: string;
  /** `create`: it was created, or would be; `present`: it was there already, with the same content. */
  readonly state: "create" | "present";
}

/** Result of an import, or of a dry run. */
export interface ImportResult {
  /** True if something was written; false with `dryRun` and when all was there already. */
  readonly performed: boolean;
  /** In the order of creation, those that were present last. */
  readonly records: readonly ImportedRecord[];
  /** In the order of creation; empty without `objects`. */
  readonly objects: readonly ImportedObject[];
  /** Parts that the storage cannot hold, or that an object cannot bring back, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Creates the records of an archive in the storage of `env`: the oldest first, and the DEPLOYED ones of each release
 * last. Labels keep the times of the archive.
 *
 * An import that was interrupted is continued by running it again.
 *
 * @throws SkegError of kind `io` for a damaged archive, `usage` for a redacted one, `exists` when the storage has
 * other records under the same names: nothing was written then; `conflict` while another operation holds the lease of a
 * release: the releases before it were imported then.
 */
export async function importReleases(env: Environment, options: ImportOptions): Promise<ImportResult> {
  const { dryRun = false } = options;
  const target = plainRecords(env);
  const archive = await unpackArchive(options.archive);
  if (archive.redacted === true) {
    throw new SkegError(
      "usage",
      "the archive was made with --redact: its records have no values, so they cannot be imported",
    );
  }
  const chosen = chooseRecords(archive, options.releases);
  const records = await renamed(chosen, options.rename);
  const comparison = await compareWithTarget(env, target, records);
  refuseProblems(
    comparison,
    "cannot import",
    "Import under another name with --rename OLD=NEW, or into another storage with --storage or --tiller-namespace.",
  );
  const fresh = new Set(comparison.missing.map(nameOf));
  for (const { labels } of comparison.present) fresh.delete(labels["NAME"] ?? "");
  for (const name of fresh) await checkNameIsFree(env, name);
  if (!dryRun) await createLeased(env, target, comparison.missing);
  const names = new Set(chosen.map(nameOf));
  const objects = options.objects === true
    ? await createObjects(env, archive.objects.filter(({ release }) => names.has(release)), { dryRun })
    : [];
  const created = objects.some(({ state }) => state === "create");
  return {
    performed: !dryRun && (comparison.missing.length > 0 || created),
    records: [
      ...comparison.missing.map((record) => described(record, "create")),
      ...comparison.present.map((record) => described(record, "present")),
    ],
    objects,
    notes: [...lostNotes(records, comparison.missing), ...objectNotes(options, archive, objects)],
  };
}

/** Creates the records of one release after the other, each while holding the release's lease. */
async function createLeased(env: Environment, target: PlainRecords, missing: readonly PlainRecord[]): Promise<void> {
  for (let from = 0; from < missing.length;) {
    const name = nameOf(missing[from] as PlainRecord);
    const next = missing.findIndex((record, index) => index > from && nameOf(record) !== name);
    const to = next === -1 ? missing.length : next;
    await withLease(env, { name, operation: "import" }, (inner) => createRecords(inner, target, missing, { from, to }));
    from = to;
  }
}

/** Returns the records of the wanted releases. */
function chooseRecords(archive: RecordArchive, releases: readonly string[] = []): PlainRecord[] {
  const all = archive.records.map(plainOf);
  for (const { key } of all) {
    if (readKey(key) === undefined) {
      throw new SkegError(
        "io",
        `the archive is damaged or of another kind: ${JSON.stringify(key)} is no key of a record`,
      );
    }
  }
  if (all.length === 0) throw new SkegError("io", "the archive holds no records");
  if (releases.length === 0) return all;
  const names = new Set(all.map(nameOf));
  const missing = releases.find((name) => !names.has(name));
  if (missing !== undefined) {
    throw new SkegError("not-found", `the archive holds no release ${JSON.stringify(missing)}`, {
      hint: `It holds ${[...names].sort().slice(0, 10).join(", ")}${names.size > 10 ? " and more" : ""}.`,
    });
  }
  return all.filter((record) => releases.includes(nameOf(record)));
}

function described(record: PlainRecord, state: ImportedRecord["state"]): ImportedRecord {
  return { key: record.key, release: nameOf(record), status: record.labels["STATUS"] ?? "", state };
}

/** Names the labels and annotations of created records that the storage cannot hold. */
export function lostNotes(wanted: readonly PlainRecord[], created: readonly PlainRecord[]): string[] {
  const byKey = new Map(wanted.map((record) => [record.key, record]));
  return created.flatMap((held) => {
    const whole = byKey.get(held.key);
    const lost = Object.keys(whole?.labels ?? {}).filter((label) => held.labels[label] === undefined);
    const more = Object.keys(whole?.annotations ?? {}).length > Object.keys(held.annotations).length;
    if (lost.length === 0 && !more) return [];
    const what = [...lost.map((label) => `the label ${label}`), ...more ? ["annotations"] : []].join(", ");
    return [`${held.key}: this storage cannot hold ${what}`];
  });
}

function objectNotes({ objects }: ImportOptions, archive: RecordArchive, made: readonly ImportedObject[]): string[] {
  if (objects === true && archive.objects.length === 0) {
    return ["the archive holds no objects: export them with --objects"];
  }
  return made.filter(({ state }) => state === "create").flatMap(({ subject, lost }) =>
    lost.map((what) => `${subject}: ${what} cannot be brought back`)
  );
}
