/**
 * The error of an object that is not converted.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";

/**
 * Why an object is not converted.
 *
 * - `no-successor`: Kubernetes removed the API without a successor.
 * - `immutable`: it differs from the live object in a field that cannot be changed.
 * - `lossy`: conversion would change its behaviour.
 * - `invalid`: it does not have the shape that its version requires, or lacks something that the newer
 * version requires.
 * - `not-converted`: the API is too new to have a conversion rule.
 * - `not-served-yet`: the server has only older versions.
 */
export type RemovedApiSituation =
  | "no-successor"
  | "immutable"
  | "lossy"
  | "invalid"
  | "not-converted"
  | "not-served-yet";

/** Facts of a {@linkcode RemovedApiError}. */
export interface RemovedApiProblem {
  /** Why it is not converted. */
  readonly situation: RemovedApiSituation;
  /** The object: `Deployment "web"`. */
  readonly object: string;
  /** The field, such as `spec.selector`; empty for the whole object. */
  readonly field?: string | undefined;
  /** The message after the object's name. */
  readonly text: string;
  /** The next step for the user. */
  readonly hint?: string | undefined;
  /** True if consent (`--allow-lossy-mapping`) allows the conversion. */
  readonly allowsLossy?: boolean | undefined;
}

/**
 * An object names an API version that the server does not have, and it cannot
 * be converted to one that it has.
 *
 * The message is `Deployment "web" …` with the value found and the rule; `hint` names the remedy. Neither
 * contains values of Secrets.
 */
export class RemovedApiError extends SkegError {
  /** The reason; code branches on this. */
  readonly situation: RemovedApiSituation;
  /** The object: `Deployment "web"`. */
  readonly object: string;
  /** The field, such as `spec.selector`; empty for the whole object. */
  readonly field: string;
  /** True if consent to a change of behaviour (`--allow-lossy-mapping`) allows the conversion. */
  readonly allowsLossy: boolean;
  /** True if the document can be left out instead: `--skip-removed`. */
  readonly skippable: boolean;

  /** Keeps the facts and builds the message. */
  constructor(problem: RemovedApiProblem) {
    super("removed-api", `${problem.object} ${problem.text}`, { hint: problem.hint });
    this.situation = problem.situation;
    this.object = problem.object;
    this.field = problem.field ?? "";
    this.allowsLossy = problem.allowsLossy ?? false;
    this.skippable = problem.situation === "no-successor";
  }
}

/** Returns an object's name for messages: `Deployment "web"`. */
export function nameOf(object: { readonly kind?: unknown; readonly metadata?: unknown }): string {
  const metadata = object.metadata as { name?: unknown; generateName?: unknown } | null | undefined;
  const own = (key: "name" | "generateName") =>
    typeof metadata === "object" && metadata !== null && Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  const name = own("name") ?? own("generateName") ?? "";
  const kind = typeof object.kind === "string" ? object.kind : "";
  return `${kind === "" ? "Object" : kind} ${JSON.stringify(String(name))}`;
}
