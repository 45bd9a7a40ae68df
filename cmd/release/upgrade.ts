/**
 * `upgrade`: upgrades a release to another chart or other values.
 *
 * Source: Helm 2.17.0, `cmd/helm/upgrade.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { ApplyMode } from "../../engine/kube/mod.ts";
import type { RemovedApiOptions, TakeOverOptions, UpgradeOptions } from "../../engine/release/mod.ts";
import type { Release } from "../../engine/model/mod.ts";
import { locateChart } from "../../app/find_chart.ts";
import { enabledChart, openChart } from "../../app/prepare_chart.ts";
import { readValues } from "../../app/read_values.ts";
import { callerOf, debugVersion, DEPRECATED, sourceOf, tellOfChart, valuesOfFlags } from "../_lib/caller.ts";
import { type Context, defineCommand, defineFlags, type FlagValues } from "../_lib/command.ts";
import { CHART_CHANGE_FLAGS } from "../_lib/change_flags.ts";
import { withEnvironment, type Workplace } from "../_lib/environment.ts";
import {
  APPLY_FLAG,
  applyMode,
  AUTOSCALERS_FLAG,
  defaultKeyring,
  HELM3_INSTALL_FLAGS,
  type OutputFormat,
  outputFormat,
  removedApiOptions,
  requireArgs,
  takeOverOptions,
  VERIFY_STRICT_FLAG,
} from "../_lib/flags.ts";
import { checkConfirm, CONFIRM_FLAG, confirmed } from "../_lib/confirm.ts";
import { checkDryRunVersion } from "../_lib/kube_version.ts";
import { tellNote } from "../_lib/log.ts";
import { messageOf } from "../_lib/print.ts";
import { printWouldBe } from "../_lib/release_document.ts";
import { printRelease } from "../_lib/release_text.ts";
import { printCurrentStatus } from "../_lib/status.ts";
import { strictWait } from "../_lib/wait_flags.ts";
import { quote } from "../../engine/base/mod.ts";
import { installChart, type InstallRequest, requestOf } from "./install.ts";

/** Flags of `upgrade`. */
export const UPGRADE_FLAGS = defineFlags({
  ...CHART_CHANGE_FLAGS,
  ...APPLY_FLAG,
  ...AUTOSCALERS_FLAG,
  ...CONFIRM_FLAG,
  "create-namespace": { ...HELM3_INSTALL_FLAGS["create-namespace"] },
  "atomic": {
    type: "bool",
    usage: "If set, upgrade process rolls back changes made in case of failed upgrade, also sets --wait flag",
  },
  "cleanup-on-fail": {
    type: "bool",
    usage: "Allow deletion of new resources created in this upgrade when upgrade failed",
  },
  "conditions-from-stored-values": {
    type: "bool",
    usage: "Let conditions and tags of subcharts see the values of the last release where these are kept, not only " +
      "the given ones",
  },
  "description": {
    type: "string",
    usage: "Specify the description to use for the upgrade, rather than the default",
  },
  "disable-hooks": {
    type: "bool",
    usage: "Disable pre/post upgrade hooks. DEPRECATED. Use no-hooks",
    deprecated: "Use --no-hooks instead",
  },
  "dry-run": { type: "bool", usage: "Simulate an upgrade" },
  "force": { type: "bool", usage: "Force resource update through delete/recreate if needed" },
  "install": {
    type: "bool",
    short: "i",
    usage: "If a release by this name doesn't already exist, run an install",
  },
  "keyring": {
    type: "string",
    complete: "file",
    usage: "Path to the keyring that contains public signing keys",
    default: defaultKeyring,
  },
  "namespace": {
    type: "string",
    complete: "namespace",
    usage: "Namespace to install the release into (only used if --install is set). " +
      "Defaults to the current kube config namespace",
  },
  "no-hooks": { type: "bool", usage: "Disable pre/post upgrade hooks" },
  "recreate-pods": { type: "bool", usage: "Performs pods restart for the resource if applicable" },
  "render-subchart-notes": { type: "bool", usage: "Render subchart notes along with parent" },
  "reset-values": {
    type: "bool",
    usage: "When upgrading, reset the values to the ones built into the chart",
  },
  "reuse-values": {
    type: "bool",
    usage: "When upgrading, reuse the last release's values and merge in any overrides from the command line via " +
      "--set and -f. If '--reset-values' is specified, this is ignored.",
  },
  "verify": { type: "bool", usage: "Verify the provenance of the chart before upgrading" },
  ...VERIFY_STRICT_FLAG,
  "version": {
    type: "string",
    complete: "chart-version",
    usage: "Specify the exact chart version to use. If this is not specified, the latest version is used",
  },
});

/** The context of `upgrade`. */
export type UpgradeContext = Context<typeof UPGRADE_FLAGS>;

/** `upgrade`. */
export const command = defineCommand({
  usage: "[RELEASE] [CHART]",
  completes: { sources: ["release", "chart"] },
  long: `
Upgrades a release to another version of its chart, to other values, or both.

CHART is a folder or a packaged chart (.tgz).

Values given here with '-f', '--set', '--set-string' and '--set-file' override the
chart's defaults; the last one wins:

	$ helm upgrade -f site.yaml --set image.tag=v2 web ./web

When none are given, those of the last revision are kept. '--reuse-values' merges the
given ones over those of the last revision; '--reset-values' uses the chart's
defaults instead of those of the last revision.

With '--install' a release that does not exist is installed.

The last revision may name API versions that the cluster no longer has: its objects
are found under the versions that it has now. For objects of the new chart,
'--removed-apis map' does the same; by default such a chart is refused.`,
  example: `  helm upgrade web ./web --set image.tag=v2 --wait
  helm upgrade --install web ./web --namespace shop -f site.yaml
  helm upgrade web ./web --reuse-values --atomic
  helm upgrade web ./old-chart --removed-apis map --skip-removed
  helm upgrade web ./web --dry-run --kube-version 1.25`,
  flags: UPGRADE_FLAGS,
  run: async (context) => {
    const { flags, args } = context;
    requireArgs(args, "release name", "chart path");
    const output = outputFormat(flags.output);
    checkDryRunVersion(flags);
    checkConfirm(flags, "upgrade");
    const [name = "", chart = ""] = args;
    const request = upgradeRequest(context, output);
    await withEnvironment(context, async (workplace) => {
      debugVersion(flags, context, false);
      const chartPath = await locateChart(chart, sourceOf(flags), callerOf(context));
      await upgradeOrInstall(context, workplace, { ...request, name, chartPath });
    }, { changes: true });
  },
});

/** Returns the data of an upgrade from the flags. */
export function upgradeRequest(
  { flags }: Pick<UpgradeContext, "flags">,
  output: OutputFormat,
): Omit<UpgradeRequest, "name" | "chartPath"> {
  return {
    output,
    apply: applyMode(flags.apply),
    more: { ...removedApiOptions(flags), ...takeOverOptions(flags) },
  };
}

/** Data of an upgrade. */
export interface UpgradeRequest {
  readonly name: string;
  readonly chartPath: string;
  readonly output: OutputFormat;
  readonly apply: ApplyMode | undefined;
  /** Options for which Helm has no flags. */
  readonly more: RemovedApiOptions & TakeOverOptions;
}

async function upgradeOrInstall(context: UpgradeContext, workplace: Workplace, request: UpgradeRequest): Promise<void> {
  const { flags, print } = context;
  const { environment, operations } = workplace;
  const { name, output } = request;
  // Needed later, so it is requested now; its errors are reported when it is used.
  environment.kube.capabilities({ signal: context.signal }).catch(() => {});
  // With a document on standard output, Helm 2's messages go to standard error.
  const say = (text: string) => output === "table" ? print.out(text) : print.err(text);
  let newest: Release | undefined;
  try {
    // A missing release is not a failure yet, so other places are not searched.
    newest = (await operations.history({ ...environment, lookElsewhere: false }, { name, max: 1 }))[0];
  } catch (error) {
    // Helm 2: any other error here is ignored, and the upgrade reports the problem.
    if (flags.install && error instanceof SkegError && error.missing === name) {
      await operations.checkNameIsFree(environment, name);
      say(`Release ${quote(name)} does not exist. Installing it now.\n`);
      return await installInstead(context, workplace, request);
    }
  }
  if (flags.install && newest !== undefined) {
    const namespace = flags.namespace || workplace.namespace;
    if (newest.namespace !== namespace) {
      say(
        `WARNING: Namespace ${quote(namespace)} doesn't match with previous. ` +
          `Release will be deployed to ${newest.namespace}\n`,
      );
    }
  }
  await upgradeRelease(context, workplace, request);
}

/** `--install` without an existing release. All flags of an install are used (Helm 2 drops some). */
async function installInstead(context: UpgradeContext, workplace: Workplace, request: UpgradeRequest): Promise<void> {
  await installChart(context, workplace, installOfUpgrade(context, request));
}

/** Returns the data of the install that replaces an upgrade. */
export function installOfUpgrade({ flags }: Pick<UpgradeContext, "flags">, request: UpgradeRequest): InstallRequest {
  return {
    chartPath: request.chartPath,
    output: request.output,
    ...requestOf(flags),
    name: request.name,
    nameIsFree: true,
    nameTemplate: "",
    replace: false,
    noHooks: noHooks(flags),
    noCrdHook: false,
    more: request.more,
    confirm: flags.confirm,
  };
}

const noHooks = (flags: FlagValues<typeof UPGRADE_FLAGS>) => flags["no-hooks"] || flags["disable-hooks"];

/**
 * Reads values and chart, and returns a function that makes the options of the operation of them; it throws when
 * the chart's requirements are wrong.
 */
export async function readUpgrade(context: UpgradeContext, request: UpgradeRequest): Promise<() => UpgradeOptions> {
  const { flags, print } = context;
  const { name, output } = request;
  const config = await readValues(valuesOfFlags(flags, context), callerOf(context));
  const tell = tellOfChart(print, output !== "table");
  const chart = await openChart(request.chartPath, { log: tell.log, onDeprecated: () => print.err(DEPRECATED) });
  const conditionsFromStoredValues = flags["conditions-from-stored-values"];
  return () => ({
    name,
    // Helm 2: an error in requirements counts as a failed upgrade, not only as a failed command.
    chart: conditionsFromStoredValues ? chart : enabledChart(chart, config, tell),
    config,
    conditionsFromStoredValues,
    dryRun: flags["dry-run"],
    recreatePods: flags["recreate-pods"],
    force: flags.force,
    disableHooks: noHooks(flags),
    timeoutSeconds: flags.timeout,
    resetValues: flags["reset-values"],
    reuseValues: flags["reuse-values"],
    subNotes: flags["render-subchart-notes"],
    wait: flags.wait || flags.atomic,
    waitStrict: strictWait(flags["wait-strict"]),
    schema: flags.schema,
    apply: request.apply,
    respectAutoscalers: flags["respect-autoscalers"],
    description: flags.description,
    cleanupOnFail: flags["cleanup-on-fail"],
    ...request.more,
  });
}

async function upgradeRelease(context: UpgradeContext, workplace: Workplace, request: UpgradeRequest): Promise<void> {
  const { flags, globals, print } = context;
  const { environment, operations } = workplace;
  const { name, output } = request;
  const optionsOf = await readUpgrade(context, request);
  // The plan is no part of the upgrade: when it fails, nothing has failed.
  const act = flags.confirm
    ? await confirmed(context, workplace, { operation: "upgrade", options: optionsOf() })
    : () => operations.upgrade(environment, optionsOf());
  let release: Release;
  try {
    ({ release } = await act());
  } catch (error) {
    await reportFailure(context, workplace, request, error);
    throw new SkegError(error instanceof SkegError ? error.kind : "release", `UPGRADE FAILED: ${messageOf(error)}`, {
      cause: error,
      ...error instanceof SkegError ? { hint: error.hint, details: error.details, exitCode: error.exitCode } : {},
    });
  }
  if (flags["dry-run"]) {
    tellNote(print, "Note: this was a dry run; nothing has been changed.");
    const { tellOfDryRun } = await import("../_lib/removed_apis.ts");
    await tellOfDryRun(release, environment.kube, flags["kube-version"], context);
    const { tellOfPlan } = await import("../_lib/plan_summary.ts");
    await tellOfPlan(context, workplace, { operation: "upgrade", options: optionsOf() });
  }
  // Helm 2 prints the current status of the release even after a dry run.
  if (flags["dry-run"] && flags["show-release"]) return await printWouldBe(release, output, print);
  if (globals.debug) await printRelease(release, print);
  if (output === "table") print.out(`Release ${quote(name)} has been upgraded.\n`);
  const recorded = flags["dry-run"] ? undefined : release;
  await printCurrentStatus(workplace, { name, release: recorded, allowEmpty: flags["allow-empty"] }, output, print);
}

/** Reports that the upgrade failed and, with `--atomic`, rolls it back. */
async function reportFailure(
  { flags, print }: UpgradeContext,
  { environment, operations }: Workplace,
  { output, apply, more }: UpgradeRequest,
  error: unknown,
): Promise<void> {
  const say = (text: string) => output === "table" ? print.out(text) : print.err(text);
  say(`UPGRADE FAILED\nError: ${messageOf(error)}\n`);
  if (!flags.atomic) return;
  const { revisionBefore, undoUpgrade } = await import("../../app/atomic.ts");
  const before = revisionBefore(operations, error);
  if (before === undefined) return;
  say("ROLLING BACK");
  await undoUpgrade(environment, operations, before, {
    dryRun: flags["dry-run"],
    recreatePods: flags["recreate-pods"],
    force: flags.force,
    disableHooks: noHooks(flags),
    timeoutSeconds: flags.timeout,
    wait: flags.wait || flags.atomic,
    waitStrict: strictWait(flags["wait-strict"]),
    apply,
    respectAutoscalers: flags["respect-autoscalers"],
    cleanupOnFail: flags["cleanup-on-fail"],
    skipRemoved: more.skipRemoved,
    allowLossyMapping: more.allowLossyMapping,
  });
  say("Rollback was a success.\n");
}
