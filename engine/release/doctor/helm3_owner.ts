/**
 * R20: Helm 3 has a release of the same name in the same namespace.
 *
 * @module
 */
import type { DoctorCheck } from "./examination.ts";
import { hasRepair, propose } from "./repairs.ts";
import { recordFact } from "./states.ts";

/** R20. */
export const helm3Owner: DoctorCheck = {
  id: "R20",
  name: "helm3-owner",
  scope: "release",
  async look(examination, { newest, name, store }) {
    const namespace = newest.content?.namespace;
    if (namespace === undefined || newest.status === "DELETED") return [];
    const same = (await examination.helm3()).filter((record) => record.name === name && record.namespace === namespace);
    const last = same.toSorted((a, b) => a.revision - b.revision).at(-1);
    if (last === undefined || last.status === "uninstalled") return [];
    return [{
      severity: "warning",
      title: `Helm 3 has a release of this name in namespace ${namespace}`,
      evidence: [
        recordFact(newest, examination.now),
        {
          source: `Secrets of namespace ${namespace}`,
          text: `Helm 3's newest revision is ${last.revision}, ${last.status}` +
            (last.createdAt === "" ? "" : `, created ${last.createdAt}`),
        },
      ],
      consequence: "the release has two owners, and either of them deletes the other's objects",
      repairs: hasRepair("forget")
        ? propose(store, {
          fix: "forget",
          release: name,
          effect: "deletes the records of Helm 2 and no object, if Helm 3 is to have the release",
        })
        : [{ command: "", effect: "decide which program has the release, and delete the records of the other" }],
    }];
  },
};
