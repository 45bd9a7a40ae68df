/**
 * The command line that makes the same plan.
 *
 * @module
 */
import type { PlanRequest } from "./types.ts";

/** Returns a command line, such as `skeg plan upgrade web ./web --set replicas=2`. */
export function planCommand(request: PlanRequest, name: string, program: string, globalFlags: string): string {
  const { operation, chart, archive, version, values, set = [], revision, namespace, removedApis } = request;
  const takesChart = operation === "upgrade" || operation === "install";
  const chartWord = chart ?? (archive === undefined ? "CHART" : "chart.tgz");
  const words = [
    `${program.trim()} plan ${operation}`,
    ...operation === "install" ? [shellWord(chartWord), "--name", shellWord(name)] : [shellWord(name)],
    ...operation === "upgrade" ? [shellWord(chartWord)] : [],
    ...revision === undefined ? [] : [String(revision)],
    ...takesChart && version !== undefined ? ["--version", shellWord(version)] : [],
    ...operation === "install" && namespace !== undefined ? ["--namespace", shellWord(namespace)] : [],
    // The text of the editor is in no file yet.
    ...takesChart && values !== undefined ? ["--values", "values.yaml"] : [],
    ...takesChart ? set.flatMap((one) => ["--set", shellWord(one)]) : [],
    ...request.resetValues === true ? ["--reset-values"] : [],
    ...request.reuseValues === true ? ["--reuse-values"] : [],
    ...request.force === true ? ["--force"] : [],
    ...request.noHooks === true ? ["--no-hooks"] : [],
    ...request.purge === true ? ["--purge"] : [],
    ...takesChart && removedApis !== undefined ? ["--removed-apis", removedApis] : [],
    globalFlags,
  ];
  return words.filter((word) => word !== "").join(" ");
}

/** Returns a word as a shell of Unix reads it. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
