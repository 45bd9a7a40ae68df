/**
 * Receives a downloaded archive: compares it with the requested chart, verifies it, and only then writes it to disk.
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

/** Options of {@linkcode receiveArchive}. */
export interface ReceiveOptions {
  /**
   * Kind of the target folder. `user` (default) may hold files that must not be lost. `cache` holds downloads only.
   * `staging` holds archives that are unpacked next; messages about damage are those of unpacking.
   */
  readonly folderIs?: "user" | "cache" | "staging" | undefined;
  /** Verifies an archive with its provenance file; required when a proof is verified. */
  readonly verify?: ((signed: SignedDownload) => Promise<unknown>) | undefined;
  /** True to treat a different version or digest as an error instead of a notice. */
  readonly isStrict?: boolean | undefined;
  /** Called with each problem that is not an error, as one sentence. */
  readonly notice?: ((text: string) => void) | undefined;
}

/** An archive and its provenance file before they are on disk. */
export interface SignedDownload {
  /** Target path of the archive. */
  readonly path: string;
  /** The `.tgz`. */
  readonly archive: Uint8Array;
  /** The provenance file. */
  readonly provenance: Uint8Array;
}

/** The provenance file of an archive, and how it is used. */
export interface Proof {
  /** The file, or the error when a required file is missing. */
  readonly file: Uint8Array | SkegError;
  /** True to verify it, false to only keep it. */
  readonly isVerified: boolean;
}

/** A downloaded archive. */
export interface ReceivedArchive {
  /** Target path. */
  readonly path: string;
  /** Its bytes. */
  readonly archive: Uint8Array;
  /** Address of the download, for messages; without credentials. */
  readonly address: string;
  /** The requested chart. */
  readonly asked: AskedChart;
  /** True to leave an archive in the user's folder even when it fails verification, as Helm 2 does; default: false. */
  readonly leavesUnverified?: boolean | undefined;
  /** Fetches the provenance file; `undefined` when none is wanted, or an optional one does not exist. */
  readonly proof: () => Promise<Proof | undefined>;
}

/** The rule for caches: every file is replaced. Links are not followed there either. */
const CACHE_PLACE: PlaceOptions = { reasonToKeep: () => undefined };

/**
 * Writes an archive and its provenance file to disk; returns the result of `verify`.
 *
 * @throws kind `exists` when a file would be lost; {@linkcode ArrivalError} when the archive is not the requested
 * chart; any error of `verify`.
 */
export async function receiveArchive(received: ReceivedArchive, options: ReceiveOptions): Promise<unknown> {
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
    // An unverified archive never replaces an existing file, which may have been verified.
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

/** Throws kind `chart` unless `name` is a valid file name; `what` describes the origin of the name. */
export function checkFileName(name: string, what: string): void {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new SkegError("chart", `${what} names no file: ${problem}`);
}

/** True if the path ends like a chart archive. */
export function isArchiveName(path: string): boolean {
  return /\.(?:tgz|tar\.gz)$/i.test(path);
}

/** Compares an archive with the requested chart; returns the differences and the files that it may replace. */
async function compare(
  { path, archive, address, asked }: ReceivedArchive,
  { folderIs = "user" }: ReceiveOptions,
): Promise<{ place: PlaceOptions; differences: readonly Difference[] }> {
  // Helm 2 shows the full path when it loads an archive from its cache.
  const shown = folderIs === "staging" ? undefined : folderIs === "cache" ? resolve(path) : path;
  const arrival = await checkArrival(archive, { address, path: shown, asked }).catch((error) => {
    if (isArchiveName(path) || !(error instanceof ArrivalError)) throw error;
    // Helm 2 fetches any address. A file without an archive's name is written too, but never over another file.
    return undefined;
  });
  const place = arrival === undefined ? {} : archivePlace(arrival.metadata);
  return { place: folderIs === "cache" ? CACHE_PLACE : place, differences: arrival?.differences ?? [] };
}

async function verify(signed: SignedDownload, options: ReceiveOptions): Promise<unknown> {
  if (options.verify !== undefined) return await options.verify(signed);
  throw new SkegError("chart", `cannot verify ${JSON.stringify(signed.path)}: no keyring can be read here`);
}

/** Throws for differences that contradict the request; reports others as notices. */
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
