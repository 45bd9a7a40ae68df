/**
 * Errors as the page shows them.
 *
 * @module
 */
import { KubeError, SkegError } from "../../errors.ts";
import { maskSecrets } from "../../engine/base/mod.ts";
import { TooLarge } from "./call.ts";
import type { UiError } from "./types.ts";

/** HTTP status by kind of error; all others are 422: the input cannot be used. */
const STATUSES: Readonly<Record<string, number>> = {
  "usage": 400,
  "not-found": 404,
  "conflict": 409,
  "exists": 409,
  "config": 502,
  "kube": 502,
  "aborted": 503,
  "timeout": 504,
  "internal": 500,
  "sandbox": 500,
};

/** Returns the HTTP status for an error. */
export function statusOf(error: unknown): number {
  if (error instanceof TooLarge) return 413;
  if (!(error instanceof SkegError)) return 500;
  if (error instanceof KubeError && [401, 403, 404, 409].includes(error.status)) {
    // 401 is for the page's own token.
    return error.status === 401 ? 502 : error.status;
  }
  return STATUSES[error.kind] ?? 422;
}

/** Returns an error as the page shows it. */
export function errorData(error: unknown): UiError {
  if (error instanceof TooLarge) return { kind: "usage", message: "the body has more than 5 MiB", hint: "" };
  if (!(error instanceof SkegError)) {
    return { kind: "internal", message: "the program has a fault; the terminal shows it", hint: "" };
  }
  const { kind, message, hint = "", details } = error;
  return {
    kind,
    message: maskSecrets(details === undefined ? message : `${message}\n${details}`),
    hint: maskSecrets(hint),
  };
}
