/**
 * The errors that all drivers have in common, in Tiller's words where it has them.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver/driver.go`.
 */
import { SkegError } from "../errors.ts";

/** The record under a key, or all records of a release, do not exist. */
export function recordNotFound(what: string): SkegError {
  return new SkegError("not-found", `release: ${JSON.stringify(what)} not found`, { missing: what });
}

/** A record that is to be created exists. */
export function recordExists(key: string): SkegError {
  return new SkegError("exists", `release: ${JSON.stringify(key)} already exists`);
}

/** A record that is to be rewritten was modified since it was read. Helm 2 has no such check. */
export function recordModified(key: string): SkegError {
  return new SkegError("conflict", `release: ${JSON.stringify(key)} was modified by another client`, {
    hint: "Check the release's history, then run the command again.",
  });
}
