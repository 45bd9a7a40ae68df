/**
 * R13: a record that can be decoded, and lacks what every record has: a status, times, a chart or a namespace.
 *
 * @module
 */
import type { DoctorCheck } from "./examination.ts";
import type { ContentFacts } from "./contents.ts";
import { propose } from "./repairs.ts";

/** R13. */
export const incompleteRecord: DoctorCheck = {
  id: "R13",
  name: "incomplete-record",
  scope: "release",
  look: (_, { records, store, name }) =>
    Promise.resolve(records.flatMap(({ entry, content }) => {
      const missing = content === undefined ? [] : missingParts(content);
      if (missing.length === 0) return [];
      const isLone = !records.some((other) => other.entry !== entry && other.problem === undefined);
      // Status and times come from the record's labels, the rest from another revision.
      const isStuck = isLone && missing.some((part) => part === "chart" || part === "namespace");
      return [{
        severity: "broken",
        title: `the record of revision ${entry.revision} has no ${missing.join(", no ")}`,
        revision: entry.revision,
        evidence: [{ source: `content of ${entry.key}`, text: `missing: ${missing.join(", ")}` }],
        consequence: "status, upgrade and rollback fail with it",
        repairs: isStuck ? [] : propose(store, {
          fix: "salvage",
          release: name,
          flags: `--revision ${entry.revision}`,
          effect: "takes the missing parts from the nearest revision that has them, or from the record's labels",
          byHand: "take the missing parts from the nearest revision that has them",
        }),
        noRepair: "no other revision has these parts: export the record, and install the release anew",
      }];
    })),
};

function missingParts({ info, chart, namespace }: ContentFacts): string[] {
  return [
    ...info.status.code === "UNKNOWN" ? ["status"] : [],
    ...info.lastDeployed === undefined && info.firstDeployed === undefined ? ["times"] : [],
    ...chart === "" ? ["chart"] : [],
    ...namespace === "" ? ["namespace"] : [],
  ];
}
