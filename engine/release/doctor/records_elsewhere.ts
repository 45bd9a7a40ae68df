/**
 * R18: records in a place that commands do not look at, and that no Tiller uses.
 *
 * @module
 */
import type { DoctorCheck } from "./examination.ts";
import { placeName, placesByName } from "./places.ts";
import { placeFlags, propose } from "./repairs.ts";
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
          ...names.length === 1
            ? propose(store, {
              fix: "move-storage",
              release: names[0] ?? "",
              effect: "moves the records to the place in use",
            })
            : [],
        ],
      }];
    });
  },
};
