/**
 * Applies a saved plan: exactly what was planned, or nothing.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart, Release } from "../../model/mod.ts";
import { createKubeClient, isObject, type KubeObject, parseJson } from "../../kube/mod.ts";
import { createMasker, createMasking } from "../../kube/explain/mod.ts";
import type { Environment } from "../environment.ts";
import { perform } from "../perform.ts";
import type { OperationSteps, Step } from "../steps.ts";
import { findMisfits } from "./fit.ts";
import { guardWrites } from "./guard.ts";
import { chartDigest, configDigest } from "./same_chart.ts";
import { configOf } from "./compare_revisions.ts";
import { type PlanContent, planContent, type SavedPlan } from "./saved_plan.ts";
import { plannedRelease, unpackOperation } from "./saved_operation.ts";

/** Exit status for a plan that does not fit any more. */
export const MISFIT_STATUS = 3;

/** Options of {@linkcode applyPlan}. */
export interface ApplyPlanOptions {
  /** The key of a sealed plan. */
  readonly key?: string | undefined;
  /** Codes of dangers that are accepted. */
  readonly accept?: readonly string[] | undefined;
  /** Refuses an older plan. */
  readonly maxAgeSeconds?: number | undefined;
  /** If true, waits until everything is ready; default: as planned. */
  readonly wait?: boolean | undefined;
  /** Time limit of hooks and waits; default: as planned. */
  readonly timeoutSeconds?: number | undefined;
  /** Refuses a plan that was made with another chart or other user values. */
  readonly given?: GivenAgain | undefined;
}

/** A chart and user values that are compared with those of the plan. */
export interface GivenAgain {
  /** The chart as it was loaded, and as its requirements leave it: an operation may have been given either. */
  readonly charts: readonly Chart[];
  /** The user values, as YAML. */
  readonly config: string;
}

/** The result of a plan that was applied. */
export interface PlanOutcome {
  /** The release as recorded. */
  readonly release: Release;
  /** The objects that a resource policy kept, in Tiller's words; empty when there are none. */
  readonly kept: string;
}

/** Applies a saved plan as {@linkcode performPlan} does, and returns the release as recorded. */
export async function applyPlan(env: Environment, plan: SavedPlan, options: ApplyPlanOptions = {}): Promise<Release> {
  return (await performPlan(env, plan, options)).release;
}

/**
 * Applies a saved plan.
 *
 * @throws SkegError of kind `conflict` and exit status 3 when the plan does not fit any more; nothing was changed then.
 * @throws SkegError of kind `usage` when a danger is not accepted, or the plan is too old.
 */
export async function performPlan(
  env: Environment,
  plan: SavedPlan,
  options: ApplyPlanOptions = {},
): Promise<PlanOutcome> {
  checkGiven(plan, options);
  checkAge(env, plan, options);
  checkDangers(plan, options);
  const content = await planContent(plan, options.key);
  const { name } = plan.public.release;
  const { misfits, history, same } = await findMisfits(
    env,
    name,
    plan.bound,
    content.live,
    plannedRelease(content.operation),
  );
  if (misfits.length > 0) throw doesNotFit(misfits, same);
  const operation = atThisTime(env, unpackOperation(content.operation, history), options);
  const { cluster } = env.kube;
  let isRecorded = false;
  const guarded: Environment = {
    ...env,
    driver: {
      ...env.driver,
      create: async (release, options) => {
        const version = await env.driver.create(release, options);
        isRecorded = true;
        return version;
      },
    },
    kube: createKubeClient({
      ...cluster,
      transport: guardWrites(cluster.transport, plan.bound, content.writes, maskOf(content, operation)),
    }),
  };
  try {
    const outcome = await perform(guarded, operation);
    const release = outcome.new ?? outcome.old;
    if (release === undefined) throw new SkegError("internal", "A plan ended without its release");
    return { release, kept: outcome.kept };
  } catch (error) {
    // Of two clients that apply the same plan, one has made the record first.
    if (!(error instanceof SkegError) || error.kind !== "exists" || isRecorded) throw error;
    throw doesNotFit([{ what: `release ${name}`, text: error.message }], same);
  }
}

/** Returns a function that masks the secrets of a plan's objects and of its revisions' values. */
function maskOf({ live, writes }: PlanContent, { releases }: OperationSteps): (text: string) => string {
  const bodies = writes.map(({ path, body }) => ({ path, data: body === "" ? undefined : parseJson(body) }));
  const written = bodies.flatMap(({ path, data }): KubeObject[] =>
    // A patch of a Secret has no kind.
    isObject(data) ? [/\/secrets\/[^/]+$/.test(path) ? { ...data, apiVersion: "v1", kind: "Secret" } : data] : []
  );
  const objects = [...Object.values(live).filter((object) => object !== null), ...written];
  const values = [releases.old, releases.new].map(configOf);
  return createMasking(objects, values, createMasker(crypto.getRandomValues(new Uint8Array(32)))).text;
}

function doesNotFit(misfits: readonly { readonly what: string; readonly text: string }[], same: number): SkegError {
  const width = Math.max(...misfits.map(({ what }) => what.length));
  const rest = same === 0 ? [] : [`${same} other ${same === 1 ? "object" : "objects"} unchanged`];
  const lines = [...misfits.map(({ what, text }) => `${what.padEnd(width)}  ${text}`), ...rest];
  return new SkegError("conflict", "the plan does not fit any more; nothing was changed", {
    exitCode: MISFIT_STATUS,
    details: lines.map((line) => `  ${line}`).join("\n"),
    hint: "Make the plan again, and review it.",
  });
}

function checkGiven({ bound, public: report }: SavedPlan, { given }: ApplyPlanOptions): void {
  if (given === undefined) return;
  if (bound.given === undefined) {
    throw new SkegError("usage", `a plan of a ${report.operation} has no chart that --chart could be compared with`);
  }
  const { chart, values } = bound.given;
  const misfits = [
    ...given.charts.some((one) => chartDigest(one) === chart) ? [] : [{ what: "chart", text: "is not the plan's" }],
    ...configDigest(given.config) === values ? [] : [{ what: "values", text: "are not the plan's" }],
  ];
  if (misfits.length > 0) throw doesNotFit(misfits, 0);
}

function checkAge(env: Environment, { made }: SavedPlan, { maxAgeSeconds }: ApplyPlanOptions): void {
  if (maxAgeSeconds === undefined) return;
  const age = env.clock().seconds - Date.parse(made) / 1000;
  if (age <= maxAgeSeconds) return;
  throw new SkegError("conflict", `the plan is too old: it was made ${ageText(age)} ago`, {
    exitCode: MISFIT_STATUS,
    hint: "Make the plan again, or allow a higher age with --max-age.",
  });
}

function ageText(seconds: number): string {
  const [size, unit] = seconds < 60
    ? [1, "second"]
    : seconds < 3600
    ? [60, "minute"]
    : seconds < 86_400
    ? [3600, "hour"]
    : [86_400, "day"];
  const amount = Math.floor(seconds / size);
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}

function checkDangers({ public: report }: SavedPlan, { accept = [] }: ApplyPlanOptions): void {
  const codes = [...new Set(report.risks.filter(({ level }) => level === "danger").map(({ code }) => code))];
  const open = codes.filter((code) => !accept.includes(code));
  if (open.length === 0) return;
  throw new SkegError("usage", `the plan has dangers that were not accepted: ${open.join(", ")}`, {
    details: report.risks.filter(({ code }) => open.includes(code))
      .map(({ code, object, text }) => `  ${code}  ${object}: ${text}`).join("\n"),
    hint: `To accept them, add --accept ${codes.join(",")}.`,
  });
}

/** Returns the operation with the times of now, and with other waits if the caller wants them. */
function atThisTime(
  env: Environment,
  operation: OperationSteps,
  { wait, timeoutSeconds }: ApplyPlanOptions,
): OperationSteps {
  const now = env.clock();
  const { new: made, old } = operation.releases;
  const release = made === undefined ? undefined : {
    ...made,
    info: { ...made.info, lastDeployed: now, ...old === undefined ? { firstDeployed: now } : {} },
  };
  const steps = operation.steps.map((step): Step => {
    if (step.do !== "hooks" && step.do !== "create" && step.do !== "update") return step;
    const timed = { ...step, ...timeoutSeconds === undefined ? {} : { timeoutSeconds } };
    return timed.do === "hooks" || wait === undefined ? timed : { ...timed, wait };
  });
  return { ...operation, releases: { new: release, old }, steps };
}
