/**
 * The releases that `list` shows.
 *
 * Source: Helm 2.17.0, `cmd/helm/list.go`.
 *
 * @module
 */
import { type Release, STATUS_CODES, type StatusCode } from "../engine/model/mod.ts";

/** Statuses that are listed when none is asked for. */
export const LISTED: readonly StatusCode[] = ["DEPLOYED", "FAILED"];

/** Statuses that `--all` lists. */
export const ALL_LISTED: readonly StatusCode[] = STATUS_CODES.filter((code) => code !== "SUPERSEDED");

/** Keeps the newest revision of every release. */
export function newestOnly(releases: readonly Release[]): Release[] {
  const newest = new Map<string, number>();
  for (const { name, revision } of releases) newest.set(name, Math.max(newest.get(name) ?? 0, revision));
  return releases.filter(({ name, revision }) => newest.get(name) === revision);
}
