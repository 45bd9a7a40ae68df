/**
 * `install`: installs a chart into the cluster.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go`.
 *
 * @module
 */
import type { InstallOptions, ReleaseResult, RemovedApiOptions, TakeOverOptions } from "../../engine/release/mod.ts";
import { type Context, defineCommand, defineFlags, type Flag, type FlagValues } from "../_lib/command.ts";
import { confirmed } from "../_lib/confirm.ts";
import { locateChart } from "../../app/find_chart.ts";
import { enabledChart, openChart } from "../../app/prepare_chart.ts";
import { readValues } from "../../app/read_values.ts";
import {
  callerOf,
  debugVersion,
  DEPRECATED,
  sourceOf,
  tellOfChart,
  type ValuesFlags,
  valuesOfFlags,
} from "../_lib/caller.ts";
import { CHART_CHANGE_FLAGS } from "../_lib/change_flags.ts";
import { withEnvironment, type Workplace } from "../_lib/environment.ts";
import {
  defaultKeyring,
  HELM3_INSTALL_FLAGS,
  type OutputFormat,
  outputFormat,
  removedApiOptions,
  requireArgs,
  takeOverOptions,
  VERIFY_STRICT_FLAG,
} from "../_lib/flags.ts";
import { checkDryRunVersion } from "../_lib/kube_version.ts";
import { tellNote } from "../_lib/log.ts";
import { checkGivenName, nameFromTemplate } from "../_lib/name.ts";
import { messageOf } from "../_lib/print.ts";
import { printWouldBe } from "../_lib/release_document.ts";
import { programName } from "../_lib/program_name.ts";
import { printRelease } from "../_lib/release_text.ts";
import { DOWNLOAD_GRACE, whileHolding } from "../_lib/signals.ts";
import { printCurrentStatus } from "../_lib/status.ts";
import { strictWait } from "../_lib/wait_flags.ts";

/** Flags of `install`. */
export const INSTALL_FLAGS = defineFlags({
  ...CHART_CHANGE_FLAGS,
  ...HELM3_INSTALL_FLAGS,
  "atomic": {
    type: "bool",
    usage: "If set, installation process purges chart on fail, also sets --wait flag",
  },
  "dep-up": { type: "bool", usage: "Run helm dependency update before installing the chart" },
  "description": { type: "string", usage: "Specify a description for the release" },
  "dry-run": { type: "bool", usage: "Simulate an install" },
  "keyring": {
    type: "string",
    complete: "file",
    usage: "Location of public keys used for verification",
    default: defaultKeyring,
  },
  "name": {
    type: "string",
    short: "n",
    usage: "The release name. If unspecified, it will autogenerate one for you",
  },
  "name-template": { type: "string", usage: "Specify template used to name the release" },
  "namespace": {
    type: "string",
    complete: "namespace",
    usage: "Namespace to install the release into. Defaults to the current kube config namespace.",
  },
  "no-crd-hook": { type: "bool", usage: "Prevent CRD hooks from running, but run other hooks" },
  "no-hooks": { type: "bool", usage: "Prevent hooks from running during install" },
  "render-subchart-notes": { type: "bool", usage: "Render subchart notes along with the parent" },
  "replace": {
    type: "bool",
    usage: "Re-use the given name, even if that name is already used. This is unsafe in production",
  },
  "verify": { type: "bool", usage: "Verify the package before installing it" },
  ...VERIFY_STRICT_FLAG,
  "version": {
    type: "string",
    complete: "chart-version",
    usage: "Specify the exact chart version to install. If this is not specified, the latest version is installed",
  },
});

/** `install`. */
export const command = defineCommand({
  usage: "[CHART]",
  completes: { sources: ["chart"] },
  long: `
Installs a chart: renders it, creates its objects in the cluster, runs its hooks,
and records the release where Tiller kept its records.

CHART is a folder or a packaged chart (.tgz).

Values given here override the chart's defaults; the last one wins:

	$ helm install -f base.yaml -f site.yaml ./web
	$ helm install --set image.tag=v2,replicas=3 ./web
	$ helm install --set-string build=0042 ./web
	$ helm install --set-file motd=./motd.txt ./web

'--dry-run --debug' shows what would be installed and changes nothing.

Without '--name' the release gets a generated name.

If objects of the chart exist already, nothing is created, and the error lists all
of them. '--adopt' takes them over.

A chart may name API versions that the cluster no longer has, such as Deployments of
extensions/v1beta1. Such a chart is refused, as in Helm; '--removed-apis map'
installs it with the versions that the cluster has.`,
  example: `  helm install ./web --name web --namespace shop --wait
  helm install ./web --name web -f site.yaml --set image.tag=v2
  helm install ./web --name web --removed-apis map
  helm install ./web --name web --adopt
  helm install ./web --dry-run --debug
  helm install ./web --dry-run --kube-version 1.25`,
  flags: INSTALL_FLAGS,
  run: async (context) => {
    const { flags } = context;
    const { name, chart } = await nameAndChart(context);
    const output = outputFormat(flags.output);
    checkDryRunVersion(flags);
    await withEnvironment(context, async (workplace) => {
      debugVersion(flags, context);
      const chartPath = await locateChart(chart, sourceOf(flags), callerOf(context));
      await installChart(context, workplace, { ...installRequest(context, chartPath, output), name });
    }, { changes: true });
  },
});

/** Returns the arguments; under skeg's own name `install NAME CHART` is understood as in Helm 3. */
async function nameAndChart(
  { flags, args, given, variables, print }: Context<{ name: Flag<"string"> }>,
): Promise<{ name: string; chart: string }> {
  const [first = "", second = ""] = args;
  const free = !given.has("name") && !given.has("name-template");
  if (args.length === 2 && free && programName(variables) === "skeg") {
    const { looksLikeChart } = await import("../_lib/mistakes.ts");
    // A word that may be a chart, or a second one that may be a name, leaves the meaning open.
    if (!looksLikeChart(first) && (looksLikeChart(second) || given.has("repo"))) {
      tellNote(print, `Note: understood as 'skeg install ${second} --name ${first}'.`);
      return { name: first, chart: second };
    }
  }
  requireArgs(args, "chart name");
  return { name: flags.name, chart: first };
}

/** Returns the data of an install from the flags of `install`. */
export function installRequest(
  context: Context<typeof INSTALL_FLAGS>,
  chartPath: string,
  output: OutputFormat,
): InstallRequest {
  const { flags } = context;
  return {
    chartPath,
    ...flags["dep-up"] ? { updateKeyring: defaultKeyring(context.variables) } : {},
    output,
    ...requestOf(flags),
    name: flags.name,
    nameTemplate: flags["name-template"],
    replace: flags.replace,
    noHooks: flags["no-hooks"],
    noCrdHook: flags["no-crd-hook"],
    more: { ...removedApiOptions(flags), ...takeOverOptions(flags) },
  };
}

/** Data of an install that its flags and those of an upgrade say in the same way. */
interface SharedRequest {
  readonly config: ValuesFlags;
  /** Empty: the namespace of the kubeconfig's context. */
  readonly namespace: string;
  readonly dryRun: boolean;
  /** Version of Kubernetes to check the objects of a dry run against; empty: the cluster. */
  readonly kubeVersion: string;
  /** If true, prints the release of a dry run. */
  readonly showRelease: boolean;
  readonly subNotes: boolean;
  readonly timeoutSeconds: number;
  readonly wait: boolean;
  readonly waitStrict: boolean | "all";
  readonly allowEmpty: boolean;
  readonly schema: boolean;
  readonly atomic: boolean;
  readonly description: string;
}

/** Flags that an install has in common with the upgrade that may become one. */
type SharedFlags = ValuesFlags & FlagValues<typeof CHART_CHANGE_FLAGS> & {
  readonly "atomic": boolean;
  readonly "description": string;
  readonly "dry-run": boolean;
  readonly "namespace": string;
  readonly "render-subchart-notes": boolean;
};

/** Returns the part of an install's data that `install` and `upgrade --install` take from flags of the same name. */
export function requestOf(flags: SharedFlags): SharedRequest {
  return {
    config: flags,
    namespace: flags.namespace,
    dryRun: flags["dry-run"],
    kubeVersion: flags["kube-version"],
    showRelease: flags["show-release"],
    subNotes: flags["render-subchart-notes"],
    timeoutSeconds: flags.timeout,
    wait: flags.wait || flags.atomic,
    waitStrict: strictWait(flags["wait-strict"]),
    allowEmpty: flags["allow-empty"],
    schema: flags.schema,
    atomic: flags.atomic,
    description: flags.description,
  };
}

/** Data of an install, from `install` or `upgrade --install`. */
export interface InstallRequest extends SharedRequest {
  readonly chartPath: string;
  /** Downloads missing requirements, verified with this keyring. */
  readonly updateKeyring?: string;
  readonly output: OutputFormat;
  readonly name: string;
  /** True if the other kind of storage was checked already. */
  readonly nameIsFree?: boolean;
  readonly nameTemplate: string;
  readonly replace: boolean;
  readonly noHooks: boolean;
  readonly noCrdHook: boolean;
  /** Options for which Helm has no flags. */
  readonly more: RemovedApiOptions & TakeOverOptions;
  /** If true, shows the plan and asks first. */
  readonly confirm?: boolean;
}

/** Reads values and chart, and returns the options of the operation. */
export async function installOptions(
  context: Context,
  workplace: Pick<Workplace, "namespace">,
  request: InstallRequest,
): Promise<InstallOptions> {
  const { print } = context;
  const config = await readValues(valuesOfFlags(request.config, context), callerOf(context));
  let name = request.name;
  if (request.nameTemplate !== "") {
    name = await nameFromTemplate(request.nameTemplate, context.variables, (text) => tellNote(print, text));
    const line = `FINAL NAME: ${name}\n`;
    if (request.output === "table") print.out(line);
    else print.err(line);
  }
  checkGivenName(name);
  const tell = tellOfChart(print, request.output !== "table");
  const chart = await openChart(request.chartPath, {
    log: tell.log,
    onDeprecated: () => print.err(DEPRECATED),
    update: dependencyUpdate(context, request),
  });
  const enabled = enabledChart(chart, config, tell);
  return {
    chart: enabled,
    config,
    name,
    namespace: request.namespace || workplace.namespace,
    dryRun: request.dryRun,
    reuseName: request.replace,
    nameIsFree: request.nameIsFree,
    disableHooks: request.noHooks,
    disableCrdHook: request.noCrdHook,
    subNotes: request.subNotes,
    timeoutSeconds: request.timeoutSeconds,
    wait: request.wait,
    waitStrict: request.waitStrict,
    allowEmpty: request.allowEmpty,
    schema: request.schema,
    description: request.description,
    ...request.more,
  };
}

/** Installs and prints, also for `upgrade --install`. */
export async function installChart(context: Context, workplace: Workplace, request: InstallRequest): Promise<void> {
  const { print, globals } = context;
  const { environment, operations } = workplace;
  if (globals.debug) print.out(`[debug] CHART PATH: ${request.chartPath}\n\n`);
  const options = await installOptions(context, workplace, request);
  const act = request.confirm === true
    ? await confirmed(context, workplace, { operation: "install", options })
    : undefined;
  const { release, isUnchecked }: ReleaseResult = await undoOnFailure(
    context,
    workplace,
    request,
    (): Promise<ReleaseResult> => act?.() ?? operations.install(environment, options),
  );
  if (request.output === "table") {
    print.out(`NAME:   ${release.name}\n`);
    if (globals.debug) await printRelease(release, print);
  }
  if (request.dryRun) return await printDryRun(context, workplace, request, { release, isUnchecked });
  await printCurrentStatus(
    workplace,
    { name: release.name, release, allowEmpty: request.allowEmpty },
    request.output,
    print,
  );
}

/** Prints what follows a dry run: what was not checked, API versions, and the release that would be made. */
async function printDryRun(
  context: Context,
  { environment }: Workplace,
  request: InstallRequest,
  { release, isUnchecked }: ReleaseResult,
): Promise<void> {
  const { print, globals } = context;
  if (isUnchecked) {
    const line = `WARNING: ${release.info.description}\n`;
    if (request.output === "table") print.out(line);
    else print.err(line);
  }
  const { tellOfDryRun } = await import("../_lib/removed_apis.ts");
  await tellOfDryRun(release, environment.kube, request.kubeVersion, context);
  // With --debug the text is already printed.
  if (request.showRelease && !(globals.debug && request.output === "table")) {
    await printWouldBe(release, request.output, print);
  }
}

/** `--dep-up`: downloads missing requirements. */
function dependencyUpdate(
  context: Context,
  { chartPath, updateKeyring: keyring, output }: InstallRequest,
): (() => Promise<void>) | undefined {
  if (keyring === undefined) return undefined;
  return async () => {
    const [{ updateDependencies }, { dependencyOptions }] = await Promise.all([
      import("../../engine/chart/repo/mod.ts"),
      import("../../app/dependencies.ts"),
    ]);
    const report = output === "table" ? undefined : context.print.err;
    const options = dependencyOptions(callerOf(context), { keyring, report });
    await whileHolding(context, () => updateDependencies(chartPath, options), DOWNLOAD_GRACE);
  };
}

/** `--atomic`: a failed install is purged. */
async function undoOnFailure<T>(
  context: Context,
  { environment, operations }: Workplace,
  request: InstallRequest,
  work: () => Promise<T>,
): Promise<T> {
  const { print } = context;
  try {
    return await work();
  } catch (error) {
    if (!request.atomic) throw error;
    const say = (text: string) => request.output === "table" ? print.out(text) : print.err(text);
    say(`INSTALL FAILED\nPURGING CHART\nError: ${messageOf(error)}\n`);
    const { undoInstall } = await import("../../app/atomic.ts");
    const kept = await undoInstall(environment, operations, error, {
      disableHooks: request.noHooks,
      timeoutSeconds: request.timeoutSeconds,
    });
    if (kept !== undefined) {
      if (kept !== "") say(`${kept}\n`);
      say("Successfully purged a chart!\n");
    }
    throw error;
  }
}
