import { deepEqual } from "node:assert/strict";
import { withOldRecords } from "../../tests/_lib/old_records.ts";

Deno.test("repair sql-bookkeeping is for databases, and takes no arguments", () =>
  withOldRecords([{}], async ({ skeg }) => {
    const first = async (...argv: string[]) => {
      const { code, stderr } = await skeg("repair", "sql-bookkeeping", ...argv);
      return [code, stderr.split("\n")[0]];
    };
    deepEqual(await first(), [1, "Error: records in ConfigMap storage have no bookkeeping"]);
    deepEqual(await first("web"), [1, "Error: This command needs 0 arguments: "]);
  }));
