/**
 * Rules about `values.yaml`.
 *
 * Source: Helm 2.17.0, `pkg/lint/rules/values.go`.
 *
 * @module
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { SkegError } from "../../../errors.ts";
import { readChartText } from "../load/mod.ts";
import { parseValues } from "../values/mod.ts";
import { type Findings, notYaml } from "./linter.ts";

const FILE = "values.yaml";

/** Checks that a chart's default values can be parsed; `folder` is absolute. */
export function checkValues(folder: string, findings: Findings): void {
  const path = join(folder, FILE);
  const exists = statSync(path, { throwIfNoEntry: false }) !== undefined;
  if (!findings.check("INFO", FILE, exists ? undefined : "file does not exist")) return;
  try {
    parseValues(readChartText(path), "chartutil.Values");
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    findings.check("ERROR", FILE, notYaml(error));
  }
}
