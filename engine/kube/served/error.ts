/**
 * The refusal to convert an object.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";

/**
 * Why an object is not converted.
 *
 * - `no-successor`: Kubernetes has no such API any more.
 * - `immutable`: it differs from the live object where nothing can be changed.
 * - `lossy`: converting it would change what it does.
 * - `invalid`: it does not have the shape that its version demands, or the newer version demands what it does not say.
 * - `not-converted`: the API is too young for a rule to be written for it.
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
  /** The field, such as `spec.selector`; empty when it is about the whole object. */
  readonly field?: string | undefined;
  /** What follows the object in the message. */
  readonly text: string;
  /** What the user can do. */
  readonly hint?: string | undefined;
  /** True when consent (`--allow-lossy-mapping`) lets it pass. */
  readonly allowsLossy?: boolean | undefined;
}

/**
 * An object names an API version that the server does not have, and it cannot
 * be converted to one that it has.
 *
 * The message is `Deployment "web" …` with what was found and the rule; `hint`
 * names the way out. Neither holds values of Secrets.
 */
export class RemovedApiError extends SkegError {
  /** Why; code branches on this. */
  readonly situation: RemovedApiSituation;
  /** The object: `Deployment "web"`. */
  readonly object: string;
  /** The field, such as `spec.selector`; empty when it is about the whole object. */
  readonly field: string;
  /** True when consent to a change of behaviour lets it pass: `--allow-lossy-mapping`. */
  readonly allowsLossy: boolean;
  /** True when the document can be left out instead: `--skip-removed`. */
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

/** Returns how messages name an object: `Deployment "web"`. */
export function nameOf(object: { readonly kind?: unknown; readonly metadata?: unknown }): string {
  const metadata = object.metadata as { name?: unknown; generateName?: unknown } | null | undefined;
  const own = (key: "name" | "generateName") =>
    typeof metadata === "object" && metadata !== null && Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  const name = own("name") ?? own("generateName") ?? "";
  const kind = typeof object.kind === "string" ? object.kind : "";
  return `${kind === "" ? "Object" : kind} ${JSON.stringify(String(name))}`;
}
