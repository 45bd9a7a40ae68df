/**
 * R18: records in a place that commands do not look at, and that no Tiller uses.
 *
 * @module
 */
import type { DoctorCheck } from "./examination.ts";
import type { ProposedRepair } from "./finding.ts";
import type { RecordStore } from "./inventory.ts";
import { placeName, placesByName } from "./places.ts";
import { placeFlags, proposeCommand } from "./repairs.ts";
import { countText, someOf } from "./states.ts";

/** R18. */
export const recordsElsewhere: DoctorCheck = {
  id: "R18",
  name: "records-elsewhere",
  scope: "cluster",
  async look(examination) {
    const { stores, options } = examination;
    const tillers = await examination.tillers();
    const byName = placesByName(examination);
    const isConfiguredEmpty = !stores.some(({ isConfigured, entries }) =>
      isConfigured && entries.some(({ name }) => options.release === undefined || name === options.release)
    );
    return stores.flatMap((store) => {
      if (store.isConfigured || tillers.some(({ namespace }) => namespace === store.namespace)) return [];
      // Releases in two places have findings of their own.
      const names = [...byName].filter(([, places]) => places.length === 1 && places[0]?.store === store)
        .map(([name]) => name);
      if (names.length === 0) return [];
      return [{
        severity: isConfiguredEmpty ? "warning" : "note",
        title: `${countText(names.length, "release")} in ${placeName(store)}, where commands do not look`,
        store,
        ...options.release === undefined ? {} : { release: options.release },
        evidence: [
          { source: placeName(store), text: `it has ${someOf(names)}` },
          {
            source: "pods",
            text: store.namespace === "" ? "no Tiller was found" : `no Tiller runs in ${store.namespace}`,
          },
        ],
        consequence: isConfiguredEmpty ? "lists are empty, although releases run" : "lists leave these releases out",
        repairs: [
          { command: "", effect: `use ${placeFlags(store)}` },
          ...moveInto(stores, store, names.length === 1 ? names[0] ?? "" : "--all"),
        ],
      }];
    });
  },
};

/** Returns the command that moves records to the place that commands use. */
function moveInto(stores: readonly RecordStore[], from: RecordStore, what: string): ProposedRepair[] {
  const own = stores.find(({ isConfigured }) => isConfigured);
  if (own === undefined || own.storage === "memory") return [];
  const target = `--to ${own.storage}${own.namespace === "" ? "" : ` --to-namespace ${own.namespace}`}`;
  return [proposeCommand(from, `skeg move-storage ${what} ${target}`, `moves the records to ${placeName(own)}`)];
}
