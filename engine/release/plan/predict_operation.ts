/**
 * Runs the steps of an operation that change objects, without effect, and returns what they would change.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Driver } from "../../../storage/mod.ts";
import { createKubeClient, type KubeProgress, type Prediction, predictWrites } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { perform } from "../perform.ts";
import type { OperationSteps, Step } from "../steps.ts";

/** How the state afterwards is found: by the server where it can, by the server only, or here. */
export type PredictMode = "auto" | "server" | "local";

/** The effect that an operation would have on objects. */
export interface PredictedOperation extends Prediction {
  /** Reads through the prediction: afterwards it sees the predicted state. */
  readonly env: Environment;
  /** Objects that a policy keeps. */
  readonly kept: readonly KubeProgress[];
  /** Warnings, such as objects that are left alone because they are another release's. */
  readonly warnings: readonly string[];
  /** The error that would end the operation before it has done everything. */
  readonly problem?: SkegError | undefined;
  /** The refusal of existing objects, if there are any; the prediction goes on as if they were taken over. */
  readonly foreign?: SkegError | undefined;
}

/** Options of {@linkcode predictOperation}. */
export interface PredictOperationOptions {
  /** Default `auto`. */
  readonly predict?: PredictMode | undefined;
}

/**
 * Predicts an operation. Sends reads and dry runs only; writes no record and runs no hook.
 *
 * @throws SkegError of kind `kube` when only the server may predict and it has no dry runs.
 */
export async function predictOperation(
  env: Environment,
  operation: OperationSteps,
  options: PredictOperationOptions = {},
): Promise<PredictedOperation> {
  const predicted = await attempt(env, operation, options);
  if (predicted.problem?.kind !== "exists") return predicted;
  // Shows the rest, too: the refusal is one of the things to know.
  const taken = operation.steps.map((step): Step =>
    step.do === "create" || step.do === "update" ? { ...step, takeOver: { adopt: true, takeOwnership: true } } : step
  );
  const again = await attempt(env, { ...operation, steps: taken }, options);
  return { ...again, foreign: predicted.problem };
}

async function attempt(
  env: Environment,
  operation: OperationSteps,
  { predict = "auto" }: PredictOperationOptions,
): Promise<PredictedOperation> {
  const canDryRun = predict !== "local" && await hasDryRuns(env);
  if (predict === "server" && !canDryRun) {
    throw new SkegError("kube", "the server cannot predict: dry runs need Kubernetes 1.13", {
      hint: "Use --predict auto or --predict local.",
    });
  }
  const passRefusals = operation.steps.some((step) => step.do === "update" && step.force);
  const prediction = predictWrites(env.kube.cluster.transport, { canDryRun, passRefusals });
  const kept: KubeProgress[] = [];
  const warnings: string[] = [];
  const dry: Environment = {
    ...env,
    // A plan holds no lease; and what is read of a migration is no object of the plan.
    lease: undefined,
    journals: undefined,
    kube: createKubeClient({ ...env.kube.cluster, transport: prediction.transport }),
    driver: readOnly(env.driver),
    report: (event) => {
      if (event.type === "warning") warnings.push(event.text);
      else if (event.type === "object" && event.progress.verb === "keep") kept.push(event.progress);
      else if (event.type === "object" && event.progress.verb === "warning") warnings.push(event.progress.detail);
    },
  };
  let problem: SkegError | undefined;
  try {
    await refuseIfMigrated(env, operation);
    await perform(dry, { ...operation, checks: [], steps: operation.steps.flatMap(withoutEffect) });
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted" || env.signal?.aborted) throw error;
    problem = error;
  }
  return { ...prediction, env: dry, kept, warnings, problem };
}

/** Refuses an operation on a release that was migrated to Helm 3, as the operation itself would. */
async function refuseIfMigrated(env: Environment, { releases }: OperationSteps): Promise<void> {
  const { name } = releases.new ?? releases.old ?? {};
  if (env.journals === undefined || env.ignoreHelm3 === true || name === undefined) return;
  await (await import("../helm3/fence.ts")).refuseIfMigrated(env, env.journals, name);
}

/** Leaves the steps that change objects, without waits and without records of failures. */
function withoutEffect(step: Step): Step[] {
  switch (step.do) {
    case "create":
      return [{ ...step, wait: false, waitStrict: false, failure: { changes: [] } }];
    case "update":
      return [{
        ...step,
        wait: false,
        waitStrict: false,
        putBackOnFail: false,
        cleanupOnFail: false,
        failure: { changes: [] },
      }];
    case "delete":
      return [{ ...step, failure: { changes: [] } }];
    default:
      return [];
  }
}

/** True for servers that know `dryRun`; older ones would carry the write out. */
export async function hasDryRuns(env: Environment): Promise<boolean> {
  const { major, minor, gitVersion } = await env.kube.version(callOptions(env));
  const [, fromGit = "0", minorFromGit = "0"] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  const [one, two] = [parseInt(major || fromGit), parseInt(minor || minorFromGit)];
  return one > 1 || one === 1 && two >= 13;
}

/** Returns a driver that writes nothing. */
function readOnly(driver: Driver): Driver {
  const refuse = (): Promise<never> => Promise.reject(new SkegError("internal", "A plan must not write a record"));
  return {
    name: driver.name,
    place: driver.place,
    get: (key, options) => driver.get(key, options),
    list: (options) => driver.list(options),
    query: (labels, options) => driver.query(labels, options),
    ...driver.heads === undefined ? {} : { heads: (labels, options) => driver.heads?.(labels, options) ?? refuse() },
    ...driver.fetch === undefined ? {} : { fetch: (keys, options) => driver.fetch?.(keys, options) ?? refuse() },
    create: refuse,
    update: refuse,
    delete: refuse,
  };
}
