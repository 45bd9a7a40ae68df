/**
 * Documents with a `helm.sh/hook` annotation → hooks.
 *
 * Source: Helm 2.17.0, `pkg/tiller/hooks.go`, `pkg/hooks/hooks.go`.
 *
 * @module
 */
import { DELETE_POLICIES, type DeletePolicy, type Hook, HOOK_EVENTS, type HookEvent } from "../../model/mod.ts";
import { quote } from "../../lang/golang/mod.ts";
import { trimSpace } from "./_text.ts";
import type { Head } from "./head.ts";

/** The annotation that marks a document as a hook and names its events. */
export const HOOK_ANNOTATION = "helm.sh/hook";
const WEIGHT_ANNOTATION = "helm.sh/hook-weight";
const POLICY_ANNOTATION = "helm.sh/hook-delete-policy";
const TIMEOUT_ANNOTATION = "helm.sh/hook-delete-timeout";

const DELETE_TIMEOUT_SECONDS = 60;

/** Receivers of log lines and warnings. */
export interface ClassifyOptions {
  /** Called with Tiller's log lines, such as `info: skipping unknown hook: "test"`. */
  readonly log?: ((text: string) => void) | undefined;
  /** Called with warnings for the user. */
  readonly warn?: ((text: string) => void) | undefined;
  /** Returns the event of a name, in lower case; `undefined` for an unknown one. Default: the events of Helm 2. */
  readonly eventOf?: ((name: string) => HookEvent | undefined) | undefined;
  /** Called with each document that is left out because its hook is unknown. */
  readonly leftOut?: ((document: LeftOutHook) => void) | undefined;
}

/** A document that is neither run nor applied, because its hook is unknown. */
export interface LeftOutHook {
  /** Full template path. */
  readonly path: string;
  /** `kind` of the document. */
  readonly kind: string;
  /** `metadata.name`. */
  readonly name: string;
  /** The value of the hook annotation. */
  readonly hook: string;
}

/**
 * Returns the hook for a document with the hook annotation, or `undefined`
 * when the annotation names an unknown event.
 *
 * Helm 2: one unknown event discards the whole document: it is neither run
 * nor applied.
 */
export function hookOf(path: string, document: string, head: Head, options: ClassifyOptions = {}): Hook | undefined {
  const annotation = head.annotations[HOOK_ANNOTATION] ?? "";
  const events = listOf(annotation).map(options.eventOf ?? eventOf);
  if (events.includes(undefined)) {
    options.log?.(`info: skipping unknown hook: ${quote(annotation)}`);
    options.leftOut?.({ path, kind: head.kind, name: head.name, hook: annotation });
    options.warn?.(
      `${path}: ${head.kind} ${quote(head.name)} is left out: its hook ${quote(annotation)} is not one of Helm 2's`,
    );
    return undefined;
  }
  const deletePolicies = policiesOf(head, options);
  return {
    name: head.name,
    kind: head.kind,
    path,
    manifest: document,
    events: events.filter((event) => event !== undefined),
    weight: weightOf(head.annotations[WEIGHT_ANNOTATION] ?? ""),
    deletePolicies,
    deleteTimeoutSeconds: deletePolicies.length === 0 ? 0 : timeoutOf(head, options),
  };
}

function eventOf(name: string): HookEvent | undefined {
  return HOOK_EVENTS.slice(1).find((event) => event === name);
}

function policiesOf(head: Head, options: ClassifyOptions): DeletePolicy[] {
  const annotation = head.annotations[POLICY_ANNOTATION];
  if (annotation === undefined) return [];
  return listOf(annotation).flatMap((name) => {
    const policy = DELETE_POLICIES.find((known) => known === name);
    if (policy !== undefined) return [policy];
    options.log?.(`info: skipping unknown hook delete policy: ${quote(name)}`);
    return [];
  });
}

/**
 * Returns the seconds to wait for a deletion; the last of several values is used.
 *
 * Helm 2: an invalid value means "do not wait", although the log says that it is
 * ignored. Helm also stores negative numbers; here 0 is stored, which has the
 * same effect.
 */
function timeoutOf(head: Head, options: ClassifyOptions): number {
  const annotation = head.annotations[TIMEOUT_ANNOTATION];
  if (annotation === undefined) return DELETE_TIMEOUT_SECONDS;
  let timeoutSeconds = 0;
  for (const value of listOf(annotation)) {
    timeoutSeconds = /^[+-]?[0-9]+$/.test(value) ? Number(value) : 0;
    const isValid = /^([+]?[0-9]+|-0+)$/.test(value) && timeoutSeconds <= Number.MAX_SAFE_INTEGER;
    if (!isValid) options.log?.(`info: ignoring invalid hook delete timeout value: ${quote(value)}`);
    timeoutSeconds = Math.min(Math.max(0, timeoutSeconds), Number.MAX_SAFE_INTEGER);
  }
  return timeoutSeconds;
}

/** Returns a decimal number as Go's `Atoi` reads it, truncated to 32 bits; 0 for other texts. */
function weightOf(text: string): number {
  if (!/^[+-]?[0-9]+$/.test(text)) return 0;
  const weight = BigInt(text.replace("+", ""));
  return BigInt.asIntN(64, weight) === weight ? Number(BigInt.asIntN(32, weight)) : 0;
}

/** Returns the parts of an annotation's value: split at commas, trimmed, in lower case. */
function listOf(annotation: string): string[] {
  return annotation.split(",").map((part) => trimSpace(part).toLowerCase());
}
