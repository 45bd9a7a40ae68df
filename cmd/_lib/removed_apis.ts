/**
 * Reports of API versions that a server does not have, for `lint`, `template` and dry runs.
 *
 * @module
 */
import type { KubeClient } from "../../engine/kube/mod.ts";
import type { LintMessage } from "../../engine/chart/lint/mod.ts";
import type { ServedFinding } from "../../engine/kube/served/mod.ts";
import type { Chart, Release } from "../../engine/model/mod.ts";
import type { Context } from "./command.ts";
import { programName } from "./program_name.ts";
import { type Files, type KubeTarget, targetOfCluster, targetOfRelease } from "./kube_target.ts";
import { CLUSTER } from "./kube_version.ts";

/** A template's source. */
interface TemplateSource {
  readonly path: string;
  readonly text: string;
}

/** Prints findings on standard error, one line each; `SKEG_HINTS=off` disables them. */
export function tellFindings(
  findings: readonly ServedFinding[],
  { print }: Pick<Context, "print">,
): void {
  if (!print.hints) return;
  for (const { level, source, object, text } of findings) {
    const where = source === undefined ? object : `${source}: ${object}`;
    print.err(`${level === "warning" ? "WARNING" : "Note"}: ${where}: ${text}\n`);
  }
}

/**
 * Checks a linted chart: its rendered files, and tests of API versions in its templates. Problems that break
 * an installation are warnings, the rest is information.
 */
export async function lintFindings(
  chart: Chart,
  rendered: Files,
  { server, report }: KubeTarget,
): Promise<LintMessage[]> {
  const { reportTemplate } = await import("../../engine/kube/served/mod.ts");
  // Rules of lint name files by their path below the chart.
  const below = (path: string): string => path.slice(path.indexOf("/") + 1);
  const findings = (await report(rendered)).map(({ level, source = "", object, text }): LintMessage => ({
    severity: level === "warning" ? "WARNING" : "INFO",
    path: below(source),
    text: `${object}: ${text}`,
  }));
  const tests = templatesOf(chart).flatMap(({ path, text }) =>
    reportTemplate(text, server).map((found): LintMessage => ({
      severity: "INFO",
      path,
      text: `line ${found.line}: ${found.text}`,
    }))
  );
  return [...findings, ...tests];
}

const asksApiVersions = ({ text }: TemplateSource): boolean => text.includes(".Capabilities.APIVersions");

/** Returns the templates of a chart and its subcharts, with paths below the chart. */
function templatesOf({ templates, dependencies }: Chart): TemplateSource[] {
  return [
    ...templates.map(({ path, data }) => ({ path, text: new TextDecoder().decode(data) })),
    ...dependencies.flatMap((chart) =>
      templatesOf(chart).map(({ path, text }) => ({ path: `charts/${chart.metadata.name}/${path}`, text }))
    ),
  ];
}

/**
 * Adds a line below findings when the chart uses `.Capabilities.APIVersions`: `template` always shows Helm's
 * built-in list, whatever `--kube-version` says, so the chart may choose older versions than in an
 * installation.
 */
export function tellOfApiVersions(
  findings: readonly ServedFinding[],
  chart: Chart,
  version: string,
  { print, variables }: Pick<Context, "print" | "variables">,
): void {
  if (
    version === CLUSTER || !findings.some(({ level }) => level === "warning") ||
    !templatesOf(chart).some(asksApiVersions)
  ) return;
  print.err(
    "Note: the chart uses .Capabilities.APIVersions, which --kube-version does not change here; " +
      `list the server's API versions with --api-versions, or use '${
        programName(variables)
      } lint --kube-version ${version}'\n`,
  );
}

/**
 * After a dry run: prints API versions in the release's objects that the cluster lacks or will lose. Those
 * that stop the operation have stopped it already.
 *
 * @param version Release of Kubernetes to check against; empty: the cluster.
 */
export async function tellOfDryRun(
  release: Release,
  kube: KubeClient,
  version: string,
  context: Pick<Context, "print" | "signal">,
): Promise<void> {
  if (!context.print.hints) return;
  const target = version === "" ? await targetOfCluster(kube, context.signal) : await targetOfRelease(version);
  tellFindings(await target.report(await filesOf(release)), context);
}

/** Returns the documents of a release by their template. */
async function filesOf({ manifest, hooks }: Release): Promise<Files> {
  const { splitDocuments } = await import("../../engine/chart/render/mod.ts");
  const files: Record<string, string> = Object.create(null);
  const add = (path: string, text: string): void => {
    files[path] = files[path] === undefined ? text : `${files[path]}\n---\n${text}`;
  };
  for (const document of splitDocuments(manifest)) {
    add(/^# Source: (.+)$/m.exec(document)?.[1]?.trimEnd() ?? "", document);
  }
  for (const hook of hooks) add(hook.path, hook.manifest);
  return files;
}
