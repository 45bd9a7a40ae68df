/**
 * Reports of API versions that a server does not have, for `lint`, `template` and dry runs.
 *
 * The table of API versions is loaded only when a report is asked for.
 *
 * @module
 */
import type { KubeClient } from "../engine/kube/mod.ts";
import type { LintMessage } from "../engine/lint/mod.ts";
import type { ReportServer, ServedFinding } from "../engine/served/mod.ts";
import type { Capabilities, Chart, Release } from "../model/mod.ts";
import type { Context, Flags } from "./_command.ts";
import { PROGRAM } from "./_help.ts";
import { capabilitiesOf, CLUSTER } from "./_kube_version.ts";

/** Rendered files: path → text. */
type Files = Readonly<Record<string, string>>;

/** A template as its author wrote it. */
interface TemplateSource {
  readonly path: string;
  readonly text: string;
}

/** What objects will meet: a release of Kubernetes, or the cluster at hand. */
export interface Target {
  /** What charts see of it. */
  readonly capabilities: Capabilities;
  /** What API versions are judged by. */
  readonly server: ReportServer;
  /** Judges rendered files. */
  readonly report: (files: Files) => Promise<ServedFinding[]>;
}

/**
 * Opens what `--kube-version` names, runs `work`, and closes it again.
 *
 * @param version Such as `1.25`, or `cluster`.
 * @throws SkegError of kind `usage` for what is no version.
 */
export async function withTarget<F extends Flags, T>(
  version: string,
  context: Context<F>,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  if (version !== CLUSTER) return await work(await targetOfRelease(version));
  const [{ openTarget }, { createKubeClient }] = await Promise.all([
    import("./_environment.ts"),
    import("../engine/kube/mod.ts"),
  ]);
  const { globals, variables, signal } = context;
  const cluster = await openTarget({
    kubeconfig: globals.kubeconfig,
    context: globals["kube-context"],
    sandbox: globals.sandbox,
    parallelism: globals.parallelism,
    variables,
    signal,
  });
  try {
    return await work(await targetOfCluster(createKubeClient(cluster), signal));
  } finally {
    await cluster.close();
  }
}

async function targetOfRelease(version: string): Promise<Target> {
  const capabilities = capabilitiesOf(version);
  const server = { kubeVersion: capabilities.kubeVersion.gitVersion };
  const { apiVersionsOf, reportRemovedApis } = await import("../engine/served/mod.ts");
  return {
    capabilities: { ...capabilities, apiVersions: apiVersionsOf(capabilities.apiVersions, server.kubeVersion) },
    server,
    report: (files) => Promise.resolve(reportRemovedApis(byPath(files), server)),
  };
}

async function targetOfCluster(kube: KubeClient, signal: AbortSignal | undefined): Promise<Target> {
  const capabilities = await kube.capabilities({ signal });
  const { apiVersions, kubeVersion: { gitVersion } } = capabilities;
  const server: ReportServer = {
    isServed: (apiVersion, kind) => apiVersions.has(`${apiVersion}/${kind}`),
    kubeVersion: /^v?\d+\.\d+/.test(gitVersion) ? gitVersion : undefined,
  };
  const { reportRemovedApis } = await import("../engine/served/mod.ts");
  return {
    capabilities,
    server,
    report: async (files) => {
      const findings = reportRemovedApis(byPath(files), server);
      // A group whose discovery failed is not a group that is gone: this look rejects then.
      if (findings.some(({ level }) => level === "warning")) await kube.findRemoved(Object.values(files), { signal });
      return findings;
    },
  };
}

/** Files in the order of their paths. */
function byPath(files: Files): Files {
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => a < b ? -1 : 1));
}

/** Tells of findings on standard error, one line each; `SKEG_HINTS=off` silences them. */
export function tellFindings(
  findings: readonly ServedFinding[],
  { print, variables }: Pick<Context, "print" | "variables">,
): void {
  if (variables("SKEG_HINTS") === "off") return;
  for (const { level, source, object, text } of findings) {
    const where = source === undefined ? object : `${source}: ${object}`;
    print.err(`${level === "warning" ? "WARNING" : "Note"}: ${where}: ${text}\n`);
  }
}

/**
 * Judges a linted chart: its rendered files, and what its templates ask about API versions. What cannot work is a
 * warning, the rest is information.
 */
export async function lintFindings(chart: Chart, rendered: Files, { server, report }: Target): Promise<LintMessage[]> {
  const { reportTemplate } = await import("../engine/served/mod.ts");
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

/** Templates of a chart and its subcharts, by their path below it. */
function templatesOf({ templates, dependencies }: Chart): TemplateSource[] {
  return [
    ...templates.map(({ path, data }) => ({ path, text: new TextDecoder().decode(data) })),
    ...dependencies.flatMap((chart) =>
      templatesOf(chart).map(({ path, text }) => ({ path: `charts/${chart.metadata.name}/${path}`, text }))
    ),
  ];
}

/**
 * `template` shows Helm's made-up `.Capabilities.APIVersions` whatever `--kube-version` says, so a chart that asks
 * there may name old versions where an installation does not. Says so below findings.
 */
export function tellOfApiVersions(
  findings: readonly ServedFinding[],
  chart: Chart,
  version: string,
  { print }: Pick<Context, "print">,
): void {
  if (
    version === CLUSTER || !findings.some(({ level }) => level === "warning") ||
    !templatesOf(chart).some(asksApiVersions)
  ) return;
  print.err(
    "Note: the chart looks at .Capabilities.APIVersions, which --kube-version does not change here; " +
      `name what the server has with --api-versions, or use '${PROGRAM} lint --kube-version ${version}'\n`,
  );
}

/**
 * After a dry run: tells what the release's objects name that the cluster lacks or is about to lose. Those that stop
 * the operation have stopped it already.
 *
 * @param version Judge by this release of Kubernetes instead of the cluster; empty: by the cluster.
 */
export async function tellOfDryRun(
  release: Release,
  kube: KubeClient,
  version: string,
  context: Pick<Context, "print" | "variables" | "signal">,
): Promise<void> {
  if (context.variables("SKEG_HINTS") === "off") return;
  const target = version === "" ? await targetOfCluster(kube, context.signal) : await targetOfRelease(version);
  tellFindings(await target.report(await filesOf(release)), context);
}

/** The documents of a release by the template that they come from. */
async function filesOf({ manifest, hooks }: Release): Promise<Files> {
  const { splitDocuments } = await import("../engine/render/mod.ts");
  const files: Record<string, string> = Object.create(null);
  const add = (path: string, text: string): void => {
    files[path] = files[path] === undefined ? text : `${files[path]}\n---\n${text}`;
  };
  for (const document of splitDocuments(manifest)) add(/^# Source: (.+?)\s*$/m.exec(document)?.[1] ?? "", document);
  for (const hook of hooks) add(hook.path, hook.manifest);
  return files;
}
