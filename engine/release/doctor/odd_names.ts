/**
 * R19: names that only a database can hold: they cannot be moved to objects of a cluster, or to Helm 3.
 *
 * @module
 */
import { subdomainProblems } from "../../base/mod.ts";
import { RELEASE_NAME_MAX } from "../names.ts";
import type { DoctorCheck, PlacedFinding } from "./examination.ts";
import { someOf } from "./states.ts";

/** R19. */
export const oddNames: DoctorCheck = {
  id: "R19",
  name: "odd-names",
  scope: "store",
  look({ options }, store) {
    if (store.storage === "configmap" || store.storage === "secret") return Promise.resolve([]);
    const names = [...new Set(store.entries.map(({ name }) => name))];
    const findings = names.filter((name) => options.release === undefined || name === options.release)
      .flatMap((name): PlacedFinding[] => {
        const others = names.filter((other) => other !== name && other.toLowerCase() === name.toLowerCase());
        const reasons = [
          ...name.length > RELEASE_NAME_MAX
            ? [`it has ${name.length} characters, and ${RELEASE_NAME_MAX} are allowed`]
            : [],
          ...others.length > 0 ? [`it differs from ${someOf(others)} by case only`] : [],
          ...subdomainProblems(name).length > 0 ? ["it is not a name for an object of a cluster"] : [],
        ];
        if (reasons.length === 0) return [];
        return [{
          severity: "warning",
          title: `the name ${JSON.stringify(name)} is possible in ${store.storage} storage only`,
          release: name,
          evidence: reasons.map((text) => ({ source: "name", text })),
          consequence: "the release cannot be moved to ConfigMaps or Secrets, or to Helm 3",
          noRepair: "it gets another name when it is moved",
        }];
      });
    return Promise.resolve(findings);
  },
};
