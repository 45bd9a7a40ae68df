/**
 * R17: several storage namespaces have a release of one name.
 *
 * @module
 */
import type { DoctorCheck, Examination, PlacedFinding } from "./examination.ts";
import { commonObjects, objectsIn, type PlacedRelease, placeFact, placeName, placesByName } from "./places.ts";
import { propose } from "./repairs.ts";
import { someOf } from "./states.ts";

/** R17. */
export const twoNamespaces: DoctorCheck = {
  id: "R17",
  name: "two-namespaces",
  scope: "cluster",
  look: (examination) =>
    Promise.resolve([...placesByName(examination).values()].flatMap((places) => {
      const namespaces = new Set(places.map(({ store }) => store.namespace));
      return namespaces.size < 2 ? [] : [findingFor(examination, places)];
    })),
};

function findingFor(examination: Examination, places: readonly PlacedRelease[]): PlacedFinding {
  const [first, ...others] = places;
  const common = others.flatMap((other) =>
    first === undefined ? [] : commonObjects(objectsIn(examination, first), objectsIn(examination, other))
  );
  const targets = places.map((place) => {
    const namespaces = new Set(objectsIn(examination, place).map(({ namespace }) => namespace));
    return {
      source: placeName(place.store),
      text: `it deploys to namespace ${[...namespaces].join(", ") || "unknown"}`,
    };
  });
  const base = {
    title: `${places.length} places have records of a release of this name`,
    release: first?.name,
    store: first?.store,
  };
  if (common.length === 0) {
    return {
      ...base,
      severity: "note",
      evidence: [...places.map(placeFact), ...targets],
      consequence: "none: their objects differ. In Helm 3 they clash if they deploy to one namespace",
      noRepair: "two releases may have one name",
    };
  }
  return {
    ...base,
    severity: "warning",
    evidence: [...places.map(placeFact), ...targets, { source: "manifests", text: `both name ${someOf(common)}` }],
    consequence: "two programs change the same objects, and deleting one release deletes them for both",
    repairs: others.flatMap(({ store, name }) =>
      propose(store, {
        fix: "forget",
        release: name,
        effect: `deletes the records in ${placeName(store)} and no object, if you decide that the others are right`,
      })
    ),
    noRepair: "decide which records are right, and delete the others",
  };
}
