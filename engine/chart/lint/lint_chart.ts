/**
 * Runs all lint rules, in order, on one chart folder.
 *
 * Source: Helm 2.17.0, `pkg/lint/lint.go`.
 *
 * @module
 */
import { resolve } from "node:path";
import { checkChartfile } from "./chartfile_rules.ts";
import { Findings, type LintMessage } from "./linter.ts";
import { trapsOf } from "./notes.ts";
import { checkTemplates, type LintOptions } from "./template_rules.ts";
import { checkValues } from "./values_rules.ts";

/**
 * Returns the findings about a chart, in the order of the rules.
 *
 * Problems without a rule in Helm are only reported to `options.warn`.
 *
 * @param folder A folder with a Chart.yaml.
 */
export async function lintChart(folder: string, options: LintOptions = {}): Promise<LintMessage[]> {
  const findings = new Findings();
  const root = resolve(folder);
  await checkChartfile(root, findings);
  checkValues(root, findings);
  await checkTemplates(root, options, findings);
  for (const trap of trapsOf(root)) options.warn?.(trap);
  return findings.messages;
}
