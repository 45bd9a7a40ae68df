/**
 * When a release is not found: is it in another place? A Tiller may have kept
 * its records in Secrets, or in a namespace of its own.
 *
 * These functions only read. Requests that are refused, fail or take too long
 * are passed over in silence. The file is loaded when something was not found.
 *
 * @module
 */
import { type Elsewhere, SkegError } from "../../errors.ts";
import { type ElsewhereOptions, recordsElsewhere } from "../../storage/mod.ts";
import { findTillers } from "../kube/mod.ts";
import { type Asked, elsewhereLines } from "./_elsewhere_words.ts";
import type { Environment } from "./environment.ts";
import { ReleaseError } from "./release_error.ts";

/** Looks that take longer are given up. */
const LOOK_MS = 5000;

/** What was found in other places, and the sentences that say so. */
export interface FoundElsewhere {
  /** For scripts. */
  readonly elsewhere: Elsewhere;
  /** For people: a sentence on each line. */
  readonly details: string;
}

/** What to look for. */
export type LookOptions =
  & Pick<ElsewhereOptions, "name" | "matches" | "everywhere">
  & Pick<Asked, "isHere">;

/** Looks for records in other places, and for Tillers; `undefined` when there is nothing to tell. */
export async function lookElsewhere(env: Environment, options: LookOptions): Promise<FoundElsewhere | undefined> {
  const { place } = env.driver;
  if (place === undefined || env.lookElsewhere === false || env.signal?.aborted) return undefined;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LOOK_MS);
  const signal = env.signal === undefined ? limit.signal : AbortSignal.any([env.signal, limit.signal]);
  const { cluster } = env.kube;
  try {
    const [records, tillers] = await Promise.all([
      recordsElsewhere(place, { ...options, namespaces: [cluster.namespace], lenient: true, signal }),
      options.everywhere === true ? findTillers(cluster.transport, place.namespace, { signal }).catch(() => []) : [],
    ]);
    const elsewhere: Elsewhere = { records, tillers };
    const asked = { ...place, historyMax: env.historyMax, name: options.name, isHere: options.isHere };
    const lines = elsewhereLines(elsewhere, asked);
    return lines.length === 0 ? undefined : { elsewhere, details: lines.join("\n") };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The error of an operation that did not find `name`, with what is known of
 * other places.
 *
 * An error that says what to do about the release has found it here, in a
 * state that allows nothing. Records of the same name in the other kind of
 * object are then most likely the real ones, and that advice would harm them.
 */
export async function withElsewhere(env: Environment, name: string, error: SkegError): Promise<SkegError> {
  const isHere = (error.hint ?? error.details) !== undefined;
  const found = await lookElsewhere(env, { name, isHere, everywhere: !isHere });
  if (found === undefined) return error;
  const { kind, message, exitCode, missing } = error;
  return new SkegError(kind, message, { cause: error, exitCode, missing, ...found });
}

/**
 * The error of an install that met objects which exist already, with the
 * places of a release of the same name: they may be its objects.
 */
export async function withOwner(env: Environment, error: ReleaseError): Promise<ReleaseError> {
  const { kind, message, exitCode, hint, release } = error;
  if (release === undefined || error.elsewhere !== undefined) return error;
  const found = await lookElsewhere(env, { name: release.name, isHere: true, everywhere: true });
  if (found === undefined || found.elsewhere.records.length === 0) return error;
  const details = [error.details, found.details].filter((text) => text !== undefined).join("\n");
  const cause = new SkegError(kind, message, { cause: error, exitCode, hint, ...found, details });
  return new ReleaseError(message, { release, recorded: error.recorded, before: error.before, cause });
}
