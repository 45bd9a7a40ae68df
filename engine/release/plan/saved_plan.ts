/**
 * A saved plan: what it shows, what it is bound to, and what would be performed.
 *
 * @module
 */
import { sha256 } from "npm:@noble/hashes@2.4.0/sha2.js";
import { SkegError } from "../../../errors.ts";
import { type ChangeReport, isSecret, type ObjectChange } from "../../kube/explain/mod.ts";
import { isObject, type JsonObject, type KubeObject, parseJson, stringifyJson } from "../../kube/mod.ts";
import type { Environment } from "../environment.ts";
import { type BoundFacts, boundFacts } from "./fit.ts";
import type { PlannedChanges } from "./plan.ts";
import { chartDigest, configDigest } from "./same_chart.ts";
import { packOperation } from "./saved_operation.ts";
import { isSealed, openSeal, seal, type Sealed } from "./seal.ts";

/** A write that was planned. */
export interface PlannedWrite {
  /** Path of the object. */
  readonly path: string;
  /** The method. */
  readonly method: string;
  /** The body. */
  readonly body: string;
}

/** The part of a plan that may be sealed: it holds values and secrets. */
export interface PlanContent {
  /** The steps, as `packOperation` returns them. */
  readonly operation: JsonObject;
  /** The planned writes of objects. */
  readonly writes: readonly PlannedWrite[];
  /** The live objects, by path; null for those that do not exist. */
  readonly live: Readonly<Record<string, KubeObject | null>>;
}

/** A saved plan. */
export interface SavedPlan {
  /** Rises only when a field changes its meaning. */
  readonly schema: 1;
  /** SHA-256 of everything else, as hex. */
  readonly digest: string;
  /** When it was made, in RFC 3339. */
  readonly made: string;
  /** All that may be shown; secrets are masked. */
  readonly public: ChangeReport;
  /** The facts for which the plan was made. */
  readonly bound: BoundFacts;
  /** The content: in clear, or sealed with a key. */
  readonly sealed: PlanContent | Sealed;
}

/** The newest schema that this program reads. */
const SCHEMA = 1;

/**
 * Saves a plan.
 *
 * @param key Seals the content; absent: it stays in clear.
 */
export async function savePlan(
  env: Environment,
  planned: PlannedChanges,
  key?: string,
): Promise<SavedPlan> {
  const { report, steps, predicted, given } = planned;
  const name = report.release.name;
  const live: Record<string, KubeObject | null> = {};
  for (const [path, object] of predicted.live) live[path] = object ?? null;
  const content: PlanContent = {
    operation: packOperation(steps),
    writes: predicted.writes.map(({ path, method, body }) => ({ path, method, body })),
    live,
  };
  const plan = {
    schema: SCHEMA,
    made: new Date(env.clock().seconds * 1000).toISOString(),
    public: report,
    bound: {
      ...await boundFacts(env, name, live),
      ...given === undefined ? {} : {
        given: { chart: chartDigest(given.chart), values: configDigest(given.config) },
      },
    },
    sealed: key === undefined ? content : await seal(stringifyJson(content), key),
  } as const;
  return { ...plan, digest: digestOf(plan) };
}

/** Returns the number of Secrets whose values a plan holds in clear. */
export function secretsInClear({ sealed, public: report }: SavedPlan): number {
  if (isSealed(sealed)) return 0;
  const named = report.objects.filter(({ id }: ObjectChange) => id.kind === "Secret" && id.group === "").length;
  const live = Object.values(sealed.live).filter((object) => object !== null && isSecret(object)).length;
  return Math.max(named, live);
}

/**
 * Reads a saved plan and checks its digest.
 *
 * @throws SkegError of kind `usage` when it is no plan, was changed, or is of a newer program.
 */
export function readPlan(text: string, source: string): SavedPlan {
  let data: unknown;
  try {
    data = parseJson(text);
  } catch {
    data = undefined;
  }
  if (!isObject(data) || typeof data.digest !== "string" || typeof data.schema !== "number") {
    throw new SkegError("usage", `${source} is not a saved plan`, {
      hint: "Make one with 'skeg plan … --plan-out FILE'.",
    });
  }
  if (data.schema > SCHEMA) {
    throw new SkegError("usage", `${source} was made by a newer version of this program`, {
      hint: "Apply it with that version.",
    });
  }
  const { digest, ...rest } = data;
  if (digestOf(rest) !== digest) {
    throw new SkegError("usage", `${source} was changed after it was made: its digest does not fit`, {
      hint: "Make the plan again.",
    });
  }
  return data as unknown as SavedPlan;
}

/**
 * Returns the content of a plan.
 *
 * @throws SkegError of kind `usage` when a key is missing or wrong.
 */
export async function planContent({ sealed }: SavedPlan, key?: string): Promise<PlanContent> {
  if (!isSealed(sealed)) return sealed;
  if (key === undefined) {
    throw new SkegError("usage", "the plan is sealed with a key", { hint: "Give the key file with --plan-key." });
  }
  return parseJson(await openSeal(sealed, key)) as PlanContent;
}

function digestOf(plan: object): string {
  return sha256(new TextEncoder().encode(stringifyJson(plan))).toHex();
}
