/**
 * R16: one namespace has records of a release as ConfigMaps and as Secrets.
 *
 * @module
 */
import type { DoctorCheck } from "./examination.ts";
import { flagsFor, placeFact, placeName, placesByName } from "./places.ts";
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
              // The place that commands use is named last: it is the more likely one to stay.
              repairs: same.toReversed().flatMap(({ store }) =>
                propose(store, {
                  fix: "forget",
                  release: name,
                  effect: `deletes the records in ${
                    placeName(store)
                  } and no object, if you decide that the others are right`,
                })
              ),
              noRepair: "decide which records are right, and delete the others",
            };
          },
        )
      ),
    ),
};
