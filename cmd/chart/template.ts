/**
 * `template`: renders a chart without a cluster.
 *
 * Source: Helm 2.17.0, `cmd/helm/template.go`, `pkg/renderutil/render.go`.
 *
 * @module
 */
import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileError, SkegError } from "../../errors.ts";
import { codeOf, nearest, orList, systemClock } from "../../engine/base/mod.ts";
import type { ServedFinding } from "../../engine/kube/served/mod.ts";
import { toBytes, trimSpace } from "../../engine/lang/golang/mod.ts";
import { inKindOrder, INSTALL_ORDER, renderChart } from "../../engine/chart/render/mod.ts";
import { enabledChart, openChart } from "../../app/prepare_chart.ts";
import { checkSchemas } from "../../engine/chart/values/mod.ts";
import { callerOf } from "../_lib/caller.ts";
import { type Capabilities, type Chart, type Manifest, type Timestamp } from "../../engine/model/mod.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { LOCAL_VALUES_FLAGS, SCHEMA_FLAG } from "../_lib/flags.ts";
import { capabilitiesOf, CLUSTER } from "../_lib/kube_version.ts";
import { logTo, tellNote } from "../_lib/log.ts";
import { checkGivenName, nameFromTemplate } from "../_lib/name.ts";
import { isOci } from "../../app/oci_address.ts";
import { DOWNLOAD_GRACE, whileHolding } from "../_lib/signals.ts";
import { programName } from "../_lib/program_name.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { environmentVariables } from "../../app/variables.ts";
import { configOfFlags } from "../_lib/config_of_flags.ts";

const FLAGS = defineFlags({
  ...LOCAL_VALUES_FLAGS,
  "api-versions": {
    type: "stringArray",
    short: "a",
    usage: "Kubernetes api versions used for Capabilities.APIVersions",
  },
  "execute": { type: "stringArray", short: "x", usage: "Only execute the given templates" },
  "is-upgrade": { type: "bool", usage: "Set .Release.IsUpgrade instead of .Release.IsInstall" },
  "kube-version": {
    type: "string",
    complete: { words: ["cluster"] },
    usage: "Kubernetes version used as Capabilities.KubeVersion.Major/Minor",
    default: "1.14",
  },
  "name": { type: "string", short: "n", usage: "Release name", default: "release-name" },
  "name-template": { type: "string", usage: "Specify template used to name the release" },
  "namespace": { type: "string", complete: "namespace", usage: "Namespace to install the release into" },
  "notes": { type: "bool", usage: "Show the computed NOTES.txt file as well" },
  ...SCHEMA_FLAG,
  "output-dir": {
    type: "string",
    complete: "folder",
    usage: "Writes the executed templates to files in output-dir instead of stdout",
  },
});

/** `template`. */
export const command = defineCommand({
  usage: "[flags] CHART",
  completes: { sources: ["file"], many: true },
  long: `
Renders a chart without a cluster, and prints the result.

CHART is a folder, a packaged chart (.tgz), or the address of one in an OCI registry
(oci://host/path/web:1.2.3). Templates see default facts about a cluster; change them
with '--kube-version' and '--api-versions'. It is not checked whether a server would
accept the objects. Several charts are rendered one after the other, with the same values.

With '--kube-version', objects whose API version that Kubernetes does not have are
reported on standard error. '--kube-version cluster' uses the version and kinds of the
current cluster.

To render some templates only, name them with '-x', relative to the chart:

	$ helm template ./web -x templates/deployment.yaml`,
  example: `  helm template ./web --name web --namespace shop -f site.yaml
  helm template ./web --output-dir out --kube-version 1.16
  helm template ./web --kube-version 1.25 > /dev/null
  helm template ./charts/* --output-dir out`,
  flags: FLAGS,
  run: async (context) => {
    // Helm 2: further words are ignored.
    const given = programName(context.variables) === "helm" ? context.args.slice(0, 1) : context.args;
    const name = await nameBefore(given, context);
    if (name === undefined) return await templateAll(given, context);
    const [, chart = ""] = given;
    const note = `Note: understood as 'skeg template ${chart} --name ${name}'.`;
    // In a log, the error of a chart that fails stays the first line.
    if (context.print.watched) tellNote(context.print, note);
    await templateAll([chart], { ...context, flags: { ...context.flags, name } });
    if (!context.print.watched) tellNote(context.print, note);
  },
});

type TemplateContext = Context<typeof FLAGS>;

/** Returns the release's name of `template NAME CHART`, the order of Helm 3; `undefined` when all words are charts. */
async function nameBefore(args: readonly string[], { given }: TemplateContext): Promise<string | undefined> {
  const [first = "", second = ""] = args;
  if (args.length !== 2 || given.has("name") || given.has("name-template")) return undefined;
  const { looksLikeChart } = await import("../_lib/mistakes.ts");
  const exists = (path: string) => stat(path).then(() => true, () => false);
  if (looksLikeChart(first) || await exists(first)) return undefined;
  return isOci(second) || await exists(second) ? first : undefined;
}

async function templateAll(args: readonly string[], context: TemplateContext): Promise<void> {
  if (args.length === 0) {
    throw new UsageError("chart is required", { type: "arguments", wanted: ["chart path"], given: args });
  }
  const twice = args.find((path, at) => args.findIndex((other) => samePath(other, path)) < at);
  if (twice !== undefined) {
    throw new SkegError("usage", `chart ${twice} is named twice`, {
      hint: "name each chart once; a release's name goes into --name",
    });
  }
  let read: Promise<Inputs> | undefined;
  const shared: Shared = {
    inputs: () => read ??= readInputs(context),
    missing: new Map(),
    written: new Map(),
    isAlone: args.length === 1,
  };
  for (const argument of args) await templateOne(argument, shared, context);
  for (const [name, charts] of shared.missing) {
    if (charts === args.length) throw new SkegError("usage", `could not find template ${name} in any of the charts`);
  }
}

function samePath(one: string, other: string): boolean {
  return one === other || !isOci(one) && !isOci(other) && resolve(one) === resolve(other);
}

/** The parts that all charts of a call share. */
interface Shared {
  /** Reads values and name once: they may come from standard input. */
  readonly inputs: () => Promise<Inputs>;
  /** The names of `-x` that charts do not have, and how many charts. */
  readonly missing: Map<string, number>;
  /** The files of the output folder, with the chart that each comes from. */
  readonly written: Map<string, string>;
  /** True for a single chart: a name of `-x` that it does not have is an error at once, as in Helm. */
  readonly isAlone: boolean;
}

async function templateOne(argument: string, shared: Shared, context: TemplateContext): Promise<void> {
  const { flags, print } = context;
  const directory = flags["output-dir"];
  const { files, chartPath, chart, findings } = isOci(argument)
    ? await fromRegistry(argument, directory, shared, context)
    : await fromPath(argument, directory, shared, context);
  const chosen = flags.execute.length === 0 ? files : choose(files, flags.execute, chartPath, shared);
  for (const { path, text } of inKindOrder(chosen, INSTALL_ORDER)) {
    const base = path.slice(path.lastIndexOf("/") + 1);
    if ((base === "NOTES.txt" && !flags.notes) || base.startsWith("_")) continue;
    if (directory === "") print.out(`---\n# Source: ${path}\n${text}\n`);
    else if (!/^[\t\n\f\r ]*$/.test(text)) {
      refuseOverwriting(path, argument, shared);
      print.out(`wrote ${await write(directory, path, text)}\n`);
    }
  }
  if (findings.length === 0) return;
  const shown = findings.filter(({ source }) => chosen.some(({ path }) => path === source));
  const { tellFindings, tellOfApiVersions } = await import("../_lib/removed_apis.ts");
  tellFindings(shown, context);
  if (flags["api-versions"].length === 0) tellOfApiVersions(shown, chart, flags["kube-version"], context);
}

/** Fails if another chart of the call, with the same name, has written the file. */
function refuseOverwriting(path: string, argument: string, { written }: Shared): void {
  const earlier = written.get(path) ?? argument;
  if (earlier !== argument) {
    throw new SkegError("usage", `${earlier} and ${argument} both write ${path}`, {
      hint: "give charts with the same name different folders, in calls of their own",
    });
  }
  written.set(path, argument);
}

/** The rendered chart. */
interface Made {
  readonly files: Manifest[];
  /** Base path of `-x`. */
  readonly chartPath: string;
  readonly chart: Chart;
  /** Objects that the Kubernetes of `--kube-version` would not accept. */
  readonly findings: readonly ServedFinding[];
}

async function fromPath(
  argument: string,
  directory: string,
  shared: Shared,
  context: TemplateContext,
): Promise<Made> {
  await requireFile(argument);
  const chartPath = resolve(argument);
  if (directory !== "") await requireOutput(directory);
  return await makeFrom(chartPath, shared, context, (warn) => openChart(chartPath, { log: warn }));
}

async function makeFrom(chartPath: string, shared: Shared, context: TemplateContext, load: Load): Promise<Made> {
  const { rendered, ...made } = await render(shared, context, load);
  return { files: toFiles(rendered), chartPath, ...made };
}

/** Renders a chart of an OCI registry, and removes the download. */
async function fromRegistry(
  argument: string,
  directory: string,
  shared: Shared,
  context: TemplateContext,
): Promise<Made> {
  if (directory !== "") await requireOutput(directory);
  const { withOciChart } = await import("../../app/oci.ts");
  let chartPath = "";
  const made = await makeFrom(
    chartPath,
    shared,
    context,
    (warn) =>
      whileHolding(context, () =>
        withOciChart(argument, callerOf(context), async (path) => {
          chartPath = path;
          return await openChart(path, { log: warn });
        }), DOWNLOAD_GRACE),
  );
  return { ...made, chartPath };
}

async function requireFile(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    const { kind, message, hint } = fileError("stat", path, error);
    const { pathAdvice } = await import("../../app/chart_advice.ts");
    throw new SkegError(kind, message, { cause: error, hint: hint ?? await pathAdvice(path) });
  }
}

async function requireOutput(directory: string): Promise<void> {
  try {
    await stat(directory);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") return;
    throw new SkegError("io", `output-dir '${directory}' does not exist`, {
      cause: error,
      hint: "Make the folder first.",
    });
  }
}

/** Loads the chart, and reports notes about it. */
type Load = (warn: (text: string) => void) => Promise<Chart>;

/** The values and names of a call. */
interface Inputs {
  readonly namespace: string;
  readonly config: string;
  readonly name: string;
}

async function readInputs(context: TemplateContext): Promise<Inputs> {
  const { flags } = context;
  const namespace = flags.namespace || await defaultNamespace(context);
  const config = await configOfFlags(flags, context);
  const name = flags["name-template"] === ""
    ? flags.name
    : await nameFromTemplate(flags["name-template"], context.variables);
  checkGivenName(name);
  return { namespace, config, name };
}

/** Renders in steps: values, name, chart, requirements, templates. Errors of a step come before those of the next. */
async function render(
  { inputs }: Shared,
  context: TemplateContext,
  load: Load,
): Promise<Rendered & { readonly chart: Chart }> {
  const { flags, globals, print } = context;
  const { namespace, config, name } = await inputs();
  const { log: warn, tellHeld } = holdNotes(logTo(print, { notes: globals.debug || print.hints }), context);
  const loaded = await load(warn);
  const chart = enabledChart(loaded, config, { log: warn, say: print.out });
  if (flags.schema) await checkSchemas(chart, config);
  const time = systemClock();
  const release = {
    name,
    namespace,
    service: "Tiller",
    revision: 0,
    isInstall: !flags["is-upgrade"],
    isUpgrade: flags["is-upgrade"],
    time,
  };
  const made = await renderFor(context, (capabilities) => {
    const { kubeVersion, apiVersions, tillerVersion } = capabilities;
    return renderChart(chart, {
      values: config,
      release,
      capabilities: { kubeVersion, tillerVersion, apiVersions: [...apiVersions] },
      warn,
    });
  });
  tellHeld();
  if (globals.debug) await printDump(context, { chart, config, name, namespace, time });
  return { ...made, chart };
}

/**
 * Keeps notes back until the chart is rendered, except on a terminal: in a log, the error of a chart that fails stays
 * the first line.
 */
function holdNotes(
  log: (text: string) => void,
  { globals, print }: TemplateContext,
): { readonly log: (text: string) => void; readonly tellHeld: () => void } {
  const held: string[] = [];
  const holds = !globals.debug && !print.watched;
  return {
    log: (text) => holds && text.startsWith("Note: ") ? void held.push(text) : log(text),
    tellHeld: () => held.forEach(log),
  };
}

/** Rendered files, and objects that the Kubernetes of `--kube-version` would not accept. */
interface Rendered {
  readonly rendered: Record<string, string>;
  readonly findings: readonly ServedFinding[];
}

/** Renders for the Kubernetes of `--kube-version`, and checks the result against it if the flag is given. */
async function renderFor(
  context: Context<typeof FLAGS>,
  work: (capabilities: Capabilities) => Promise<Record<string, string>>,
): Promise<Rendered> {
  const { flags, given } = context;
  const { "kube-version": version, "api-versions": kinds } = flags;
  if (version === CLUSTER) {
    const { withTarget } = await import("../_lib/kube_target.ts");
    return await withTarget(version, context, async ({ capabilities, report }) => {
      const rendered = await work(withKinds(capabilities, kinds));
      return { rendered, findings: await report(rendered) };
    });
  }
  const rendered = await work(withKinds(capabilitiesOf(version), kinds));
  const asked = given.has("kube-version") && version !== "" && context.print.hints;
  if (!asked) return { rendered, findings: [] };
  const { withTarget } = await import("../_lib/kube_target.ts");
  return { rendered, findings: await withTarget(version, context, ({ report }) => report(rendered)) };
}

async function defaultNamespace({ globals, variables }: Context<typeof FLAGS>): Promise<string> {
  // Loading `engine/kube` takes time: it is skipped when there is no kubeconfig.
  const home = variables("HOME") || variables("USERPROFILE") || "";
  const named = globals.kubeconfig || variables("KUBECONFIG") || variables("KUBERNETES_SERVICE_HOST");
  if (!named && !await stat(join(home, ".kube", "config")).catch(() => undefined)) return "default";
  const { contextNamespace } = await import("../../engine/kube/mod.ts");
  return await contextNamespace({
    kubeconfig: globals.kubeconfig,
    context: globals["kube-context"],
    env: environmentVariables(variables),
  });
}

/** Returns the value of `.Capabilities`. If `kinds` are given, they and `v1` replace the API versions. */
function withKinds(capabilities: Capabilities, kinds: readonly string[]): Capabilities {
  return kinds.length === 0 ? capabilities : { ...capabilities, apiVersions: new Set([...kinds, "v1"]) };
}

/** Prints the release without hooks and manifest, which `--debug` shows before the templates. */
async function printDump(
  { print }: Context<typeof FLAGS>,
  given: { chart: Chart; config: string; name: string; namespace: string; time: Timestamp },
): Promise<void> {
  const { printRelease } = await import("../_lib/release_text.ts");
  await printRelease({
    name: given.name,
    namespace: given.namespace,
    revision: 1,
    info: { status: { code: "UNKNOWN", resources: "", notes: "" }, lastDeployed: given.time, description: "" },
    chart: given.chart,
    config: { raw: given.config },
    manifest: "",
    hooks: [],
  }, print);
}

function toFiles(rendered: Readonly<Record<string, string>>): Manifest[] {
  return Object.entries(rendered).map(([path, text]) => ({ path, kind: kindOf(text), text }));
}

/** Returns the text after the first `kind:` in a file, up to the end of the line. */
function kindOf(text: string): string {
  const start = text.indexOf("kind:");
  const end = start < 0 ? -1 : text.indexOf("\n", start);
  return end < 0 ? "Unknown" : trimSpace(text.slice(start + "kind:".length, end));
}

/** Returns the templates that were meant, or that made some output. */
function templateAdvice(name: string, paths: readonly string[]): string {
  const meant = nearest(name, paths);
  if (meant.length > 0) return `Did you mean ${orList(meant)}?`;
  if (paths.length === 0) return "No template of the chart has output with these values.";
  const more = paths.length > TEMPLATES_MAX ? ` and ${paths.length - TEMPLATES_MAX} more` : "";
  return `Templates with output are ${paths.slice(0, TEMPLATES_MAX).join(", ")}${more}.`;
}

/** More names than these are counted. */
const TEMPLATES_MAX = 6;

/** Returns the files that `-x` names, in that order. Of several charts, one must have each name. */
function choose(
  files: readonly Manifest[],
  names: readonly string[],
  chartPath: string,
  { isAlone, missing }: Shared,
): Manifest[] {
  return names.flatMap((name) => {
    const wanted = isAbsolute(name) ? name : join(chartPath, name);
    const found = files.filter(({ path }) => join(chartPath, ...path.split("/").slice(1)) === wanted);
    if (found.length === 0) {
      if (isAlone) {
        const hint = templateAdvice(name, files.map(({ path }) => path.split("/").slice(1).join("/")));
        throw new SkegError("usage", `could not find template ${wanted} in chart`, { hint });
      }
      missing.set(name, (missing.get(name) ?? 0) + 1);
    }
    return found;
  });
}

/** Writes one file below the output folder and returns its path. */
async function write(directory: string, path: string, text: string): Promise<string> {
  // Helm 2 follows `..` in a chart's name out of the folder.
  if (path.split("/").includes("..")) {
    throw new SkegError("chart", `template path ${path} leads out of output-dir '${directory}'`);
  }
  const file = `${directory}/${path}`;
  await makeFolder(dirname(file));
  await writeFile(file, toBytes(`---\n# Source: ${path}\n${text}`)).catch((error) => {
    throw fileError("open", file, error);
  });
  return file;
}

async function makeFolder(folder: string): Promise<void> {
  await stat(folder).catch((error) => {
    if (codeOf(error) !== "ENOENT") throw fileError("stat", folder, error);
  });
  await mkdir(folder, { recursive: true, mode: 0o755 }).catch((error) => {
    throw fileError("mkdir", folder, error);
  });
}
