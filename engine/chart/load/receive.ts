/**
 * A downloaded archive on its way to the disk: compared with what was asked for, verified, and only then written.
 *
 * Source: Helm 2.17.0, `pkg/downloader/chart_downloader.go`, which writes first.
 *
 * @module
 */
import { lstatSync } from "node:fs";
import { resolve } from "node:path";
import { SkegError } from "../../../errors.ts";
import { nameProblem, placeFile, type PlaceOptions, refusePlace } from "../../net/download/mod.ts";
import {
  archivePlace,
  ArrivalError,
  type AskedChart,
  checkArrival,
  type Difference,
  PROVENANCE_PLACE,
} from "./arrival.ts";

/** How archives are received. */
export interface ReceiveOptions {
  /**
   * What the folder is: `user` (default) holds files that must not be lost, `cache` only what is downloaded, and
   * `staging` is unpacked from: messages about damage are those of unpacking.
   */
  readonly folderIs?: "user" | "cache" | "staging" | undefined;
  /** Verifies an archive with its provenance file; needed where one is asked for. */
  readonly verify?: ((signed: SignedDownload) => Promise<unknown>) | undefined;
  /** A version or a digest that is not what was asked for is an error, not only a notice. */
  readonly isStrict?: boolean | undefined;
  /** Is told what is wrong and yet no error, one sentence at a time. */
  readonly notice?: ((text: string) => void) | undefined;
}

/** An archive and its provenance file before they are on disk. */
export interface SignedDownload {
  /** Path that the archive is meant for. */
  readonly path: string;
  /** The `.tgz`. */
  readonly archive: Uint8Array;
  /** The provenance file. */
  readonly provenance: Uint8Array;
}

/** The provenance file of an archive: what is to be done with it. */
export interface Proof {
  /** The file. An error where there must be one and is none. */
  readonly file: Uint8Array | SkegError;
  /** Whether it is verified, or only kept. */
  readonly isVerified: boolean;
}

/** An archive that came. */
export interface Received {
  /** Path that it is meant for. */
  readonly path: string;
  /** Its bytes. */
  readonly archive: Uint8Array;
  /** Where it came from, for messages; without secrets. */
  readonly address: string;
  /** What was asked for. */
  readonly asked: AskedChart;
  /** Leaves an archive that cannot be verified in a folder of the user, as Helm 2 does; default: false. */
  readonly leavesUnverified?: boolean | undefined;
  /** Fetches the provenance file; `undefined` when none is wanted, or there is none and need not be. */
  readonly proof: () => Promise<Proof | undefined>;
}

/** In a cache everything is replaced; links are not followed there, either. */
const CACHE_PLACE: PlaceOptions = { reasonToKeep: () => undefined };

/**
 * Puts an archive, and its provenance file, in their place; returns what verifying gave.
 *
 * @throws kind `exists` when a file would be lost; {@linkcode ArrivalError} when something else came than what was
 * asked for; what `verify` throws.
 */
export async function receiveArchive(received: Received, options: ReceiveOptions): Promise<unknown> {
  const { path, archive, leavesUnverified = false } = received;
  const { place, differences } = await compare(received, options);
  refusePlace(path, place);
  const proof = await received.proof();
  const put = (): void => putFiles(path, archive, proof?.file, place, options);
  let verification: unknown;
  try {
    if (proof?.file instanceof SkegError) throw proof.file;
    if (proof?.isVerified) verification = await verify({ path, archive, provenance: proof.file }, options);
  } catch (error) {
    // It never takes the place of a file that may have been verified.
    const isLeft = leavesUnverified && options.folderIs !== "cache" && differences.length === 0 &&
      lstatSync(path, { throwIfNoEntry: false }) === undefined;
    if (!isLeft || !(error instanceof SkegError) || error.kind === "aborted") throw error;
    put();
    throw new SkegError(error.kind, error.message, { cause: error, hint: `${path} is left there, unverified.` });
  }
  judge(differences, proof?.isVerified ?? false, options);
  put();
  return verification;
}

/** Throws kind `chart` unless `name` can be the name of a file; `what` says where the name comes from. */
export function checkFileName(name: string, what: string): void {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new SkegError("chart", `${what} names no file: ${problem}`);
}

/** True for names that archives of charts have. */
export function isArchiveName(path: string): boolean {
  return /\.(?:tgz|tar\.gz)$/i.test(path);
}

/** What came, compared with what was asked for; and what it may replace. */
async function compare(
  { path, archive, address, asked }: Received,
  { folderIs = "user" }: ReceiveOptions,
): Promise<{ place: PlaceOptions; differences: readonly Difference[] }> {
  // Helm 2 names the full path when it loads what lies in its cache.
  const shown = folderIs === "staging" ? undefined : folderIs === "cache" ? resolve(path) : path;
  const arrival = await checkArrival(archive, { address, path: shown, asked }).catch((error) => {
    if (isArchiveName(path) || !(error instanceof ArrivalError)) throw error;
    // Helm 2 fetches any address. A file that is not named like an archive is written too, but never over another file.
    return undefined;
  });
  const place = arrival === undefined ? {} : archivePlace(arrival.metadata);
  return { place: folderIs === "cache" ? CACHE_PLACE : place, differences: arrival?.differences ?? [] };
}

async function verify(signed: SignedDownload, options: ReceiveOptions): Promise<unknown> {
  if (options.verify !== undefined) return await options.verify(signed);
  throw new SkegError("chart", `cannot verify ${JSON.stringify(signed.path)}: no keyring can be read here`);
}

/** Differences are errors where they undo what was asked for, and notices elsewhere. */
function judge(
  differences: readonly Difference[],
  isVerified: boolean,
  { isStrict = false, notice }: ReceiveOptions,
): void {
  for (const { of, text } of differences) {
    if (isStrict || isVerified && of === "version") throw new ArrivalError("chart", text);
    notice?.(text);
  }
}

function putFiles(
  path: string,
  archive: Uint8Array,
  proof: Uint8Array | SkegError | undefined,
  place: PlaceOptions,
  { folderIs }: ReceiveOptions,
): void {
  const proofPlace = folderIs === "cache" ? CACHE_PLACE : PROVENANCE_PLACE;
  if (proof instanceof Uint8Array) refusePlace(`${path}.prov`, proofPlace);
  placeFile(path, archive, place);
  if (proof instanceof Uint8Array) placeFile(`${path}.prov`, proof, proofPlace);
}
