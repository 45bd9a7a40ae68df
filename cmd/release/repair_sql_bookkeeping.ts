/**
 * `repair sql-bookkeeping`: makes a database usable for Tiller again.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs } from "../_lib/flags.ts";

/** `repair sql-bookkeeping`. */
export const command = defineCommand({
  usage: "[flags]",
  long: `
Makes a database of release records usable for Tiller again, after Helm 3 has used it.

One 'helm3 list' on Tiller's database adds a row to the table gorp_migrations that Tiller
does not know, and an empty table. From then on Tiller does not start: 'unknown migration
in database'. This repair drops the table and deletes the row, in one transaction. The
records are not touched.

	$ helm repair sql-bookkeeping --storage sql
	would drop the table custom_labels_v1, which is empty
	would delete the row custom_labels of gorp_migrations

It refuses when Helm 3 has releases in the same schema, or another program has its
migrations there. Nothing is written without '--yes'.`,
  example: `  helm repair sql-bookkeeping --storage sql
  helm repair sql-bookkeeping --storage sql --yes`,
  flags: defineFlags({
    ...DOCUMENT_FLAG,
    "yes": { type: "bool", short: "y", usage: "Change the database. Without it, only show what would be changed" },
  }),
  run: async (context) => {
    const { flags: { output: format, yes }, args, print } = context;
    const output = documentFormat(format);
    requireArgs(args);
    const { performed, changes } = await withEnvironment(
      context,
      ({ environment, operations }) => operations.repairBookkeeping(environment, { yes }),
      { tellOfTiller: false, changes: yes },
    );
    if (output !== undefined) printDocument("RepairedBookkeeping", { performed, changes }, output, print);
    else if (changes.length === 0) print.out("nothing to change: the bookkeeping is Tiller's\n");
    else print.out(changes.map((change) => `${performed ? "done:" : "would"} ${change}\n`).join(""));
    if (!yes && changes.length > 0) {
      print.err("This was a preview: nothing was written. Run the same command with --yes to perform it.\n");
    }
  },
});
