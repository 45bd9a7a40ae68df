/**
 * Selects the suites whose inputs changed since a commit of git.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import { SkegError } from "../errors.ts";
import { quote } from "../engine/base/mod.ts";
import { rendersTemplate, type Suite } from "../engine/chart/suite/mod.ts";
import { snapshotPath, valuesPath } from "./unittest_files.ts";

const TESTS = /^(?:charts\/[^/]+\/)*tests\//;
const TEMPLATES = /^(?:charts\/[^/]+\/)*templates\//;
const PARTIAL = /(?:^|\/)_[^/]*$|\.tpl$/;

/** True for a file of the folder of tests, which templates do not read. */
export function isTestFile(chart: string, file: string): boolean {
  return TESTS.test(relative(resolve(chart), file).replaceAll("\\", "/"));
}

/** Returns the output of git; a failure is an error with git's own first line. */
async function git(folder: string, ...args: string[]): Promise<string> {
  let result: Deno.CommandOutput;
  try {
    result = await new Deno.Command("git", { args: ["-C", folder, ...args], stdout: "piped", stderr: "piped" })
      .output();
  } catch (error) {
    throw new SkegError("io", "git cannot be started, and --changed asks it for changed files", { cause: error });
  }
  const decoder = new TextDecoder();
  if (result.success) return decoder.decode(result.stdout);
  const [reason = ""] = decoder.decode(result.stderr).split("\n");
  throw new SkegError("io", `git cannot tell which files of ${quote(folder)} changed: ${reason}`, {
    hint: "--changed needs a folder under git, and --changed=COMMIT a commit that it knows",
  });
}

/** Returns the absolute paths of the files below a folder that differ from a commit; files that git does not know included. */
async function changedFiles(folder: string, commit: string): Promise<Set<string>> {
  const [changed, added] = await Promise.all([
    git(folder, "diff", "--name-only", "--relative", "-z", commit, "--", "."),
    git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", "."),
  ]);
  return new Set(`${changed}${added}`.split("\0").filter((path) => path !== "").map((path) => resolve(folder, path)));
}

/**
 * Returns the function that selects suites whose file, snapshots, values files or templates changed. A change of the chart
 * outside of templates and tests, or of a partial, selects all suites of the chart: it may change any template.
 *
 * @param charts The folders of the charts.
 * @param commit Such as `HEAD` or `main`.
 * @param values Values files of all suites.
 * @throws SkegError of kind `io` when git does not know the folder or the commit.
 */
export async function suitesChangedSince(
  charts: readonly string[],
  commit: string,
  values: readonly string[] = [],
): Promise<(suite: Suite, chart: string) => boolean> {
  const found = new Map<string, Set<string>>();
  for (const chart of charts) found.set(chart, await changedFiles(resolve(chart), commit));
  return touchedSuites(found, values);
}

/**
 * Returns the function that selects the suites that changed files may change.
 *
 * @param found Absolute paths of the changed files by chart.
 * @param values Values files of all suites.
 */
export function touchedSuites(
  found: ReadonlyMap<string, ReadonlySet<string>>,
  values: readonly string[] = [],
): (suite: Suite, chart: string) => boolean {
  return (suite, chart) => {
    const changed = found.get(chart) ?? new Set<string>();
    const own = [
      suite.file,
      snapshotPath(suite.file, suite.snapshotId),
      ...values,
      ...[...suite.values, ...suite.jobs.flatMap((job) => job.values)].map((path) => valuesPath(suite.file, path)),
    ];
    if (own.some((path) => changed.has(resolve(path)))) return true;
    const renders = rendersTemplate(suite);
    const [top] = suite.route.split("/");
    return [...changed].some((file) => {
      const path = relative(resolve(chart), file).replaceAll("\\", "/");
      if (TESTS.test(path)) return false;
      return !TEMPLATES.test(path) || PARTIAL.test(path) || renders(`${top}/${path}`);
    });
  };
}
