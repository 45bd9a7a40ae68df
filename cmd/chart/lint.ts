/**
 * `lint`: finds problems of charts.
 *
 * Source: Helm 2.17.0, `cmd/helm/lint.go`.
 *
 * @module
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileError, SkegError } from "../../errors.ts";
import { expandArchive } from "../../engine/chart/load/mod.ts";
import {
  formatMessage,
  hasFailed,
  lintChart,
  type LintMessage,
  type LintOptions,
} from "../../engine/chart/lint/mod.ts";
import { mergeConfig } from "../../engine/chart/values/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, type DocumentFormat, documentFormat, printDocument } from "../_lib/document.ts";
import { LOCAL_VALUES_FLAGS, SCHEMA_FLAG } from "../_lib/flags.ts";
import { logTo } from "../_lib/log.ts";
import type { Printer } from "../_lib/print.ts";
import { codeOf } from "../../engine/base/mod.ts";

/** `lint`. */
export const command = defineCommand({
  usage: "[flags] PATH",
  completes: { sources: ["file"], many: true },
  long: `
Examines charts (folders or archives) and lists their problems.

A problem that would make an installation fail is an [ERROR]; a violation of
conventions is a [WARNING], which only counts with '--strict'; the rest is [INFO].

With '--kube-version' charts are also examined for a version of Kubernetes, or with
'--kube-version cluster' for the current cluster: templates see it in .Capabilities,
objects whose API version it does not have are a [WARNING]; API versions that it will
lose, and settings that it ignores, are [INFO].

With '--strict-kubernetes' the rendered objects are examined as an API server would, each
problem with the template line that wrote it; what the server would refuse is an [ERROR].`,
  example: `  helm lint ./web
  helm lint --strict ./web -f site.yaml
  helm lint --strict --kube-version 1.25 ./web
  helm lint --kube-version cluster ./web
  helm lint --strict-kubernetes --kube-version 1.29 ./web`,
  flags: defineFlags({
    ...LOCAL_VALUES_FLAGS,
    "as-install": {
      type: "bool",
      usage: "Render like an installation: with the conditions, tags, aliases and imports of requirements.yaml",
    },
    "kube-version": {
      type: "string",
      complete: { words: ["cluster"] },
      usage: "Version of Kubernetes to examine charts for, such as 1.25, or 'cluster' for the current cluster: " +
        "templates see it, and API versions that it does not have are reported",
    },
    "namespace": {
      type: "string",
      complete: "namespace",
      usage: "Namespace to put the release into",
      default: "default",
    },
    ...DOCUMENT_FLAG,
    ...SCHEMA_FLAG,
    "strict": { type: "bool", usage: "Fail on lint warnings" },
    "strict-kubernetes": {
      type: "bool",
      usage: "Report what an API server would refuse: unknown kinds and fields, wrong types, invalid names and " +
        "labels, removed API versions, duplicate objects; also hooks that Helm ignores and selectors without pods. " +
        "Renders as --as-install does, for the release of --kube-version (default the newest one known)",
    },
  }),
  run: async (context) => {
    const { flags, globals, print, signal } = context;
    const config = await mergeConfig({
      files: flags.values,
      set: flags.set,
      setString: flags["set-string"],
      setFile: flags["set-file"],
      localOnly: true,
      signal,
    });
    const options: LintOptions = {
      config,
      namespace: flags.namespace,
      asInstall: flags["as-install"],
      schema: flags.schema,
      warn: logTo(print, { notes: globals.debug || print.hints }),
    };
    const isStrict = flags["strict-kubernetes"];
    const version = flags["kube-version"] ||
      (isStrict ? (await import("../../engine/sandbox/mod.ts")).SANDBOX_RELEASE : "");
    const job = { args: context.args, strict: flags.strict, format: documentFormat(flags.output), print };
    if (version === "") return await lintAll(job, options);
    const [{ withTarget }, { lintFindings }] = await Promise.all([
      import("../_lib/kube_target.ts"),
      import("../_lib/removed_apis.ts"),
    ]);
    await withTarget(version, context, (target) => {
      const asTarget = { ...options, capabilities: target.capabilities };
      const inspect: LintOptions["inspect"] = isStrict
        ? async (chart, rendered, trace) => {
          const { strictFindings } = await import("../../app/strict_kubernetes.ts");
          const { namespace } = flags;
          const found = await strictFindings(rendered, trace, { server: target.server, namespace });
          // The objects were judged already.
          return [...found, ...await lintFindings(chart, {}, target)];
        }
        : (chart, rendered) => lintFindings(chart, rendered, target);
      const install = isStrict ? { asInstall: true, releaseName: "test-release" } : {};
      return lintAll(job, { ...asTarget, ...install, inspect });
    });
  },
});

/** Charts to lint, and the format of the report. */
interface LintJob {
  readonly args: readonly string[];
  readonly strict: boolean;
  readonly format: DocumentFormat | undefined;
  readonly print: Printer;
}

/** The result of one path. */
interface LintedPath {
  readonly path: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it was skipped; empty for others. */
  readonly reason: string;
  readonly messages: readonly LintMessage[];
}

async function lintAll({ args, strict, format, print }: LintJob, options: LintOptions): Promise<void> {
  const charts: LintedPath[] = [];
  for (const path of args.length === 0 ? ["."] : args) {
    const linted = await lintPath(path, options, strict);
    charts.push(linted);
    if (format === undefined) print.out(textOf(linted));
  }
  const linted = charts.filter(({ outcome }) => outcome !== "skipped").length;
  const failed = charts.filter(({ outcome }) => outcome !== "passed").length;
  if (format !== undefined) printDocument("LintReport", { linted, failed, charts }, format, print);
  const summary = `${linted} chart(s) linted`;
  if (failed > 0) {
    const absentPath = charts.find(({ path, outcome }) => outcome === "skipped" && path !== "" && !existsSync(path))
      ?.path;
    throw new SkegError("chart", `${summary}, ${failed} chart(s) failed`, { absentPath });
  }
  if (format === undefined) print.out(`${summary}, no failures\n`);
}

function textOf({ path, outcome, reason, messages }: LintedPath): string {
  if (outcome === "skipped") return `==> Skipping ${path}\n${reason}\n\n`;
  const lines = messages.length === 0 ? ["Lint OK"] : messages.map(formatMessage);
  return [`==> Linting ${path}`, ...lines, "", ""].join("\n");
}

async function lintPath(path: string, options: LintOptions, strict: boolean): Promise<LintedPath> {
  const folder = path.endsWith(".tgz") ? mkdtempSync(join(tmpdir(), "skeg-lint-")) : undefined;
  try {
    const chart = folder === undefined ? path : expand(path, folder, options.warn);
    requireChartfile(chart);
    const messages = await lintChart(chart, options);
    return { path, outcome: hasFailed(messages, strict) ? "failed" : "passed", reason: "", messages };
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return { path, outcome: "skipped", reason: error.message, messages: [] };
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function expand(archive: string, folder: string, warn: LintOptions["warn"]): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(archive);
  } catch (error) {
    if (codeOf(error) === "EISDIR") {
      const reason = fileError("read", archive, error).message;
      throw new SkegError("io", `unable to extract tar ball: ${reason}`, { cause: error });
    }
    const reason = fileError("open", archive, error).message;
    throw new SkegError("io", `unable to open tar ball ${archive}: ${reason}`, { cause: error });
  }
  try {
    return expandArchive(folder, bytes, { warn });
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError("chart", `unable to extract tar ball: ${error.message}`, { cause: error });
  }
}

function requireChartfile(chart: string): void {
  const path = join(chart, "Chart.yaml");
  try {
    statSync(path);
  } catch (error) {
    const reason = fileError("stat", path, error).message;
    throw new SkegError("chart", `unable to check Chart.yaml file in chart: ${reason}`, { cause: error });
  }
}
