/**
 * Checks before an undo writes: the archive holds only records of the repaired release, and no further revision of it
 * becomes DEPLOYED.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { type RawRecords, readKey, type RecordObject } from "../../../storage/mod.ts";
import type { ArchivedRepair, RecordArchive } from "./archive.ts";

/** Types of Secrets that hold records. A Secret of another type may be a credential of the cluster. */
const RECORD_TYPES: readonly unknown[] = [undefined, "Opaque", "helm.sh/release"];

/**
 * Refuses the archive of a repair with a write or a record that is not one of the repaired release.
 *
 * @throws SkegError of kind `io` that names the key.
 */
export function checkUndoArchive({ records }: Pick<RecordArchive, "records">, repair: ArchivedRepair): void {
  const { release, writes } = repair;
  if (typeof release !== "string" || !Array.isArray(writes)) {
    throw new SkegError("io", "the archive is damaged or of another kind: its repair is not complete");
  }
  for (const record of records) {
    const key = record.metadata?.name ?? "";
    checkKey(key, record.metadata?.labels, release);
    const { type } = record as { readonly type?: unknown };
    if (RECORD_TYPES.includes(type)) continue;
    throw new SkegError("io", `the archive cannot be undone: ${quoted(key)} is a Secret of type ${quoted(type)}`, {
      hint: "No record has this type. Nothing was written.",
    });
  }
  for (const { key, labels } of writes) {
    const original = records.find(({ metadata }) => metadata?.name === key);
    checkKey(key, original === undefined ? labels : original.metadata?.labels, release);
  }
}

function checkKey(key: unknown, labels: Readonly<Record<string, unknown>> | undefined, release: string): void {
  const read = typeof key === "string" ? readKey(key) : undefined;
  if (read !== undefined && (read.name === release || labels?.["NAME"] === release)) return;
  throw new SkegError(
    "io",
    `the archive cannot be undone: ${quoted(key)} is not the key of a record of release ${quoted(release)}`,
    { hint: "The backup of a repair holds only records of its release. Nothing was written." },
  );
}

function quoted(text: unknown): string {
  return JSON.stringify(String(text).slice(0, 200));
}

/** Returns the form in which an archived record is created: only what a record has, in the namespace of the storage. */
export function recordToCreate(raw: Pick<RawRecords, "kind" | "namespace">, original: RecordObject): RecordObject {
  const { name, labels, annotations } = original.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: raw.kind === "Secret" ? "Secret" : "ConfigMap",
    metadata: {
      ...name === undefined ? {} : { name },
      ...raw.namespace === "" ? {} : { namespace: raw.namespace },
      ...labels === undefined ? {} : { labels },
      ...annotations === undefined ? {} : { annotations },
    },
    ...original.data === undefined ? {} : { data: original.data },
  };
}

/** Records of a release by key, before and after an undo, and in the archive. */
export interface UndoHistories {
  /** All records now. */
  readonly now: ReadonlyMap<string, RecordObject>;
  /** All records as they would be after the undo. */
  readonly after: ReadonlyMap<string, RecordObject>;
  /** All records in the archive. */
  readonly archived: ReadonlyMap<string, RecordObject>;
}

/**
 * Refuses an undo after which more revisions would be DEPLOYED, by label or by content, than the archive has, or one of the
 * archive beside one that it does not hold. Revisions that are DEPLOYED together already are no reason.
 *
 * @throws SkegError of kind `conflict` that names the keys.
 */
export async function refuseSeveralDeployed(
  raw: Pick<RawRecords, "decode">,
  release: string,
  { now, after, archived }: UndoHistories,
): Promise<void> {
  const deployed = await deployedKeys(raw, after);
  if (deployed.length < 2) return;
  const before = await deployedKeys(raw, now);
  const fresh = deployed.filter((key) => !before.includes(key));
  if (fresh.length === 0) return;
  const foreign = deployed.filter((key) => !archived.has(key));
  if (foreign.length === 0 && deployed.length <= (await deployedKeys(raw, archived)).length) return;
  const others = deployed.filter((key) => !fresh.includes(key));
  throw new SkegError(
    "conflict",
    `the undo would make ${fresh.join(", ")} DEPLOYED again` +
      `${others.length === 0 ? "" : ` beside ${others.join(", ")}`}: nothing was restored`,
    {
      hint: "The release was changed since the repair. To keep its present records, do not undo. To go back " +
        `to the archive, save them with 'skeg export ${release}' and remove them with 'skeg repair forget ${release}', then undo.`,
    },
  );
}

async function deployedKeys(
  raw: Pick<RawRecords, "decode">,
  records: ReadonlyMap<string, RecordObject>,
): Promise<string[]> {
  const keys: string[] = [];
  for (const [key, record] of records) {
    if (record.metadata?.labels?.["STATUS"] === "DEPLOYED" || await isDeployed(raw, record)) keys.push(key);
  }
  return keys;
}

async function isDeployed(raw: Pick<RawRecords, "decode">, record: RecordObject): Promise<boolean> {
  try {
    return (await raw.decode(record)).info.status.code === "DEPLOYED";
  } catch (error) {
    if (error instanceof SkegError && error.kind === "record") return false;
    throw error;
  }
}
