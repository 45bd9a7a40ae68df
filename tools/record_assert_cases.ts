/**
 * Records what helm-unittest says about the cases of every assert: the text on standard output, and its reports.
 *
 * Run: `deno run -A tools/record_assert_cases.ts HELM_UNITTEST`, after `make_assert_suites.ts`.
 * Writes testdata/unittest/asserts_expected/.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { maskedReport, maskedText, UPSTREAM_REPORTS } from "../tests/_lib/unittest_reports.ts";

const [program] = Deno.args;
if (program === undefined) throw new Error("usage: record_assert_cases.ts HELM_UNITTEST");
const out = "testdata/unittest/asserts_expected";
mkdirSync(out, { recursive: true });
for (const type of UPSTREAM_REPORTS) {
  const folder = mkdtempSync(join(tmpdir(), "assert-cases-"));
  cpSync("testdata/unittest/asserts", join(folder, "asserts"), { recursive: true });
  const args = ["asserts", "-o", "report.xml", "-t", type];
  const { stdout, status } = spawnSync(program, args, { cwd: folder, encoding: "utf8", env: process.env });
  if (status !== 1) throw new Error(`helm-unittest ended with ${status}`);
  writeFileSync(join(out, "stdout.txt"), maskedText(stdout));
  writeFileSync(join(out, `${type}.xml`), maskedReport(readFileSync(join(folder, "report.xml"), "utf8")));
  rmSync(folder, { recursive: true });
}
