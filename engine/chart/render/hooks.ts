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

/** Makes a document a hook; names the events. */
export const HOOK_ANNOTATION = "helm.sh/hook";
const WEIGHT_ANNOTATION = "helm.sh/hook-weight";
const POLICY_ANNOTATION = "helm.sh/hook-delete-policy";
const TIMEOUT_ANNOTATION = "helm.sh/hook-delete-timeout";

const DELETE_TIMEOUT_SECONDS = 60;

/** Is told what Tiller logs. */
export interface ClassifyOptions {
  /** Tiller's log lines, such as `info: skipping unknown hook: "test"`. */
  readonly log?: ((text: string) => void) | undefined;
  /** What a person should know. */
  readonly warn?: ((text: string) => void) | undefined;
}

/**
 * Returns the hook that a document with the hook annotation is, or
 * `undefined` when it names an unknown event.
 *
 * Helm 2: one unknown event discards the whole document: it is neither run
 * nor applied.
 */
export function hookOf(path: string, document: string, head: Head, options: ClassifyOptions = {}): Hook | undefined {
  const annotation = head.annotations[HOOK_ANNOTATION] ?? "";
  const events = listOf(annotation).map(eventOf);
  if (events.includes(undefined)) {
    options.log?.(`info: skipping unknown hook: ${quote(annotation)}`);
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
 * Seconds to wait for a deletion; of several values the last counts.
 *
 * Helm 2: a value that makes no sense means "do not wait", although the log
 * says it is ignored. It also stores negative numbers; we store 0, which
 * means the same.
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

/** A decimal number as Go's `Atoi` reads it, cut to 32 bits; 0 when it is none. */
function weightOf(text: string): number {
  if (!/^[+-]?[0-9]+$/.test(text)) return 0;
  const weight = BigInt(text.replace("+", ""));
  return BigInt.asIntN(64, weight) === weight ? Number(BigInt.asIntN(32, weight)) : 0;
}

/** The parts of an annotation's value: split at commas, trimmed, in lower case. */
function listOf(annotation: string): string[] {
  return annotation.split(",").map((part) => trimSpace(part).toLowerCase());
}
