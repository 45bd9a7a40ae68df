/**
 * Renames releases in their records.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { encodeRecord, type PlainRecord, readKey, releaseKey } from "../../../storage/mod.ts";
import { checkNewName } from "../names.ts";
import { contentOf, nameOf } from "./export.ts";

/** New names by old ones. */
export type Renames = Readonly<Record<string, string>>;

/**
 * Returns the records with the new names, in key, label and content. Names of objects in manifests stay: they are
 * those of the live objects.
 *
 * @throws SkegError of kind `usage` for a release that is not there, `record` for one that cannot be decoded.
 */
export async function renamed(records: readonly PlainRecord[], renames: Renames = {}): Promise<PlainRecord[]> {
  const names = new Set(records.map(nameOf));
  for (const [from, to] of Object.entries(renames)) {
    if (!names.has(from)) {
      throw new SkegError("usage", `cannot rename ${JSON.stringify(from)}: there is no such release`);
    }
    checkNewName(to);
    if (names.has(to) && !Object.hasOwn(renames, to)) {
      throw new SkegError(
        "usage",
        `cannot rename ${JSON.stringify(from)} to ${JSON.stringify(to)}: there is a release of that name, too`,
      );
    }
  }
  return await Promise.all(records.map((record) => {
    const name = nameOf(record);
    return Object.hasOwn(renames, name) ? withName(record, renames[name] ?? name) : record;
  }));
}

async function withName(record: PlainRecord, name: string): Promise<PlainRecord> {
  const release = await contentOf(record);
  const revision = readKey(record.key)?.revision;
  if (release === undefined || revision === undefined) {
    throw new SkegError("record", `${record.key} cannot be renamed: it cannot be decoded`);
  }
  return {
    ...record,
    key: releaseKey(name, revision),
    labels: { ...record.labels, NAME: name },
    data: { ...record.data, release: encodeRecord({ ...release, name }) },
  };
}
