/**
 * Questions about the places in which a release has records.
 *
 * @module
 */
import type { DeployedObjects, Examination } from "./examination.ts";
import type { FindingFact } from "./finding.ts";
import type { RecordEntry, RecordStore } from "./inventory.ts";
import { placeFlags } from "./repairs.ts";
import { revisionsText } from "./states.ts";

/** The records of one release in one place. */
export interface PlacedRelease {
  /** The release. */
  readonly name: string;
  /** The place. */
  readonly store: RecordStore;
  /** Its records, oldest first. */
  readonly entries: readonly RecordEntry[];
}

/** Returns the releases that are examined, by name, each with the places that have records of it. */
export function placesByName({ stores, options }: Examination): Map<string, PlacedRelease[]> {
  const found = new Map<string, PlacedRelease[]>();
  for (const store of stores) {
    for (const [name, entries] of Map.groupBy(store.entries, ({ name }) => name)) {
      if (options.release !== undefined && name !== options.release) continue;
      const places = found.get(name) ?? [];
      places.push({ name, store, entries: entries.toSorted((a, b) => a.revision - b.revision) });
      found.set(name, places);
    }
  }
  return found;
}

/** Returns a place in words: `configmap storage of namespace kube-system`. */
export function placeName({ storage, namespace }: RecordStore): string {
  return `${storage} storage${namespace === "" ? "" : ` of namespace ${namespace}`}`;
}

/** Returns what one place has of a release. */
export function placeFact({ store, entries }: PlacedRelease): FindingFact {
  const shown = entries.slice(-5);
  const [newest] = entries.slice(-1);
  const more = entries.length > shown.length ? ` (of ${entries.length})` : "";
  return {
    source: placeName(store),
    text: `${revisionsText(shown.map(({ revision }) => revision))}${more}; the newest is ` +
      `${newest?.status || "without a status"}${
        newest?.createdAt === undefined ? "" : `, created ${newest.createdAt}`
      }`,
  };
}

/** Returns the flags of commands for a place, which are empty for the configured one. */
export function flagsFor(store: RecordStore): string {
  return placeFlags(store) || "no flags";
}

/** Returns the objects of a release's DEPLOYED revisions in one place. */
export function objectsIn(
  { deployedObjects }: Examination,
  { name, store }: PlacedRelease,
): readonly DeployedObjects[] {
  return deployedObjects.filter((one) => one.release === name && one.store === store);
}

/** Returns names of objects that both sides have, such as `Deployment/web in namespace shop`. */
export function commonObjects(a: readonly DeployedObjects[], b: readonly DeployedObjects[]): string[] {
  const keys = (side: readonly DeployedObjects[]): Set<string> =>
    new Set(
      side.flatMap(({ objects, namespace: own }) =>
        objects.map(({ kind, name, namespace }) => `${kind}/${name} in namespace ${namespace || own}`)
      ),
    );
  const other = keys(b);
  return [...keys(a)].filter((key) => other.has(key));
}
