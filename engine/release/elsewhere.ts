/**
 * Searches other places for a release that was not found. A Tiller may have kept its records in Secrets, or
 * in another namespace; Helm 3 may have it.
 *
 * These functions only read. Requests that are refused, fail or take too long are skipped silently. This file
 * is loaded only when something was not found.
 *
 * @module
 */
import { type Elsewhere, type Helm3Place, SkegError } from "../../errors.ts";
import { type ElsewhereOptions, recordsElsewhere } from "../../storage/mod.ts";
import { findTillers } from "../kube/mod.ts";
import { type Asked, elsewhereLines } from "./_elsewhere_words.ts";
import { helm3RecordsOf, newestHelm3 } from "./doctor/helm3.ts";
import type { Environment } from "./environment.ts";
import { ReleaseError } from "./release_error.ts";

/** The longest time for all requests together. */
const LOOK_MS = 5000;

/** Findings in other places, as data and as sentences. */
export interface FoundElsewhere {
  /** For scripts. */
  readonly elsewhere: Elsewhere;
  /** For people: a sentence on each line. */
  readonly details: string;
}

/** Options of {@linkcode lookElsewhere}. */
export type LookOptions =
  & Pick<ElsewhereOptions, "name" | "matches" | "everywhere">
  & Pick<Asked, "isHere">;

/** Searches other places for records, and for Tillers; returns `undefined` when there is nothing to report. */
export async function lookElsewhere(env: Environment, options: LookOptions): Promise<FoundElsewhere | undefined> {
  const { place } = env.driver;
  if (place === undefined || env.lookElsewhere === false || env.signal?.aborted) return undefined;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LOOK_MS);
  const signal = env.signal === undefined ? limit.signal : AbortSignal.any([env.signal, limit.signal]);
  const { cluster } = env.kube;
  try {
    const [records, tillers, helm3] = await Promise.all([
      recordsElsewhere(place, { ...options, namespaces: [cluster.namespace], lenient: true, signal }),
      options.everywhere === true ? findTillers(cluster.transport, place.namespace, { signal }).catch(() => []) : [],
      options.everywhere === true && options.name !== undefined ? inHelm3({ ...env, signal }, options.name) : [],
    ]);
    const elsewhere: Elsewhere = { records, tillers, ...helm3.length === 0 ? {} : { helm3 } };
    const asked = { ...place, historyMax: env.historyMax, name: options.name, isHere: options.isHere };
    const lines = elsewhereLines(elsewhere, asked);
    return lines.length === 0 ? undefined : { elsewhere, details: lines.join("\n") };
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the newest revision of each release of the name in Helm 3, by namespace. */
async function inHelm3(env: Environment, name: string): Promise<readonly Helm3Place[]> {
  // Kubernetes takes no other values of labels, and Helm 3 no other names.
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) return [];
  const records = await helm3RecordsOf(env, "secret", () => {}, name).catch(() => []);
  return [...Map.groupBy(records, ({ namespace }) => namespace)].flatMap(([namespace, own]) => {
    const { revision, status } = newestHelm3(own) ?? {};
    return revision === undefined ? [] : [{ namespace, revision, status: status ?? "" }];
  });
}

/**
 * Returns the error of an operation that did not find `name`, with findings in other places.
 *
 * An error with a hint or details has found the release here, in a state that blocks the operation. If the
 * other kind of object holds records of the same name, they are probably the real ones, and following the
 * hint would harm them; so the findings replace it.
 */
export async function withElsewhere(env: Environment, name: string, error: SkegError): Promise<SkegError> {
  const isHere = (error.hint ?? error.details) !== undefined;
  const found = await lookElsewhere(env, { name, isHere, everywhere: !isHere });
  if (found === undefined) return error;
  const { kind, message, exitCode, missing } = error;
  return new SkegError(kind, message, { cause: error, exitCode, missing, ...found });
}

/**
 * Returns the error of an install that found existing objects, with the places of a release of the same name:
 * the objects may belong to it.
 */
export async function withOwner(env: Environment, error: ReleaseError): Promise<ReleaseError> {
  const { kind, message, exitCode, hint, release } = error;
  if (release === undefined || error.elsewhere !== undefined) return error;
  const found = await lookElsewhere(env, { name: release.name, isHere: true, everywhere: true });
  const { records = [], helm3 = [] } = found?.elsewhere ?? {};
  if (found === undefined || records.length + helm3.length === 0) return error;
  const details = [error.details, found.details].filter((text) => text !== undefined).join("\n");
  const cause = new SkegError(kind, message, { cause: error, exitCode, hint, ...found, details });
  return new ReleaseError(message, { release, recorded: error.recorded, before: error.before, cause });
}
