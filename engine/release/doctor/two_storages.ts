/**
 * R16: one namespace has records of a release as ConfigMaps and as Secrets.
 *
 * @module
 */
import type { DoctorCheck } from "./examination.ts";
import { flagsFor, placeFact, placesByName } from "./places.ts";
import { propose } from "./repairs.ts";

/** R16. */
export const twoStorages: DoctorCheck = {
  id: "R16",
  name: "two-storages",
  scope: "cluster",
  look: (examination) =>
    Promise.resolve(
      [...placesByName(examination)].flatMap(([name, places]) =>
        [...Map.groupBy(places, ({ store }) => store.namespace).values()].filter((same) => same.length > 1).map(
          (same) => {
            const [first] = same;
            return {
              severity: "warning",
              title: `it has records in ${same.map(({ store }) => store.storage).join(" and in ")} storage`,
              release: name,
              store: first?.store,
              evidence: same.map(placeFact),
              consequence: "which of the two an operation sees depends on --storage: " +
                same.map(({ store }) => `${flagsFor(store)} for ${store.storage}`).join(", "),
              repairs: first === undefined ? [] : propose(first.store, {
                fix: "move-storage",
                release: name,
                effect: "moves the records of one place to the other; you decide which of them are right",
              }),
              noRepair: "decide which records are right, and delete the others",
            };
          },
        )
      ),
    ),
};
