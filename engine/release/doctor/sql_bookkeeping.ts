/**
 * R21: a database that Tiller cannot use any more, because another program keeps its migrations in Tiller's table.
 *
 * @module
 */
import { recordOptions } from "../_calls.ts";
import type { DoctorCheck } from "./examination.ts";
import { proposeCommand } from "./repairs.ts";
import { someOf } from "./states.ts";

/** R21. */
export const sqlBookkeeping: DoctorCheck = {
  id: "R21",
  name: "sql-bookkeeping",
  scope: "store",
  async look({ env }, store) {
    const found = await store.driver.bookkeeping?.(recordOptions(env));
    if (found === undefined || found.foreignMigrations.length === 0 && !found.hasHelm3Table) return [];
    const { foreignMigrations, hasHelm3Table, customLabels } = found;
    const isFromHelm3 = foreignMigrations.every((id) => id === "custom_labels") && customLabels === 0 && !hasHelm3Table;
    return [{
      severity: foreignMigrations.length > 0 ? "broken" : "warning",
      title: foreignMigrations.length > 0
        ? "another program keeps its migrations in the schema of Tiller's records"
        : "Helm 3 keeps its releases in the schema of Tiller's records",
      evidence: [
        ...foreignMigrations.length === 0
          ? []
          : [{ source: "table gorp_migrations", text: `it has ${someOf(foreignMigrations)} besides init` }],
        ...hasHelm3Table ? [{ source: "schema", text: "it has the table releases_v1 of Helm 3" }] : [],
        ...customLabels === undefined
          ? []
          : [{ source: "table custom_labels_v1", text: customLabels === 0 ? "it is empty" : "it has rows" }],
      ],
      consequence: foreignMigrations.length > 0
        ? "Tiller does not start: unknown migration in database"
        : "the first migration of either program stops the other",
      repairs: isFromHelm3
        ? [proposeCommand(
          store,
          "skeg repair sql-bookkeeping",
          "removes the row custom_labels and the empty table custom_labels_v1: a run of Helm 3 made both, and uses neither",
        )]
        : [],
      noRepair: "Helm 3 needs another database, or another schema (search_path in the URL)",
    }];
  },
};
