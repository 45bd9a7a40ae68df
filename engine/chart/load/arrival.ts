/**
 * An archive that was downloaded: is it a chart, and the one that was asked for? And may it take its place on disk?
 *
 * Helm 2 asks neither: whatever comes is written, over whatever is there.
 *
 * @module
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { basename } from "node:path";
import { SkegError } from "../../../errors.ts";
import type { ChartMetadata } from "../../model/mod.ts";
import type { PlaceOptions } from "../../net/download/mod.ts";
import { formatVersion, parseVersion } from "../../lang/semver/mod.ts";
import { CHART_LIMITS, shownName } from "./limits.ts";
import { archiveMetadata } from "./load.ts";

/** What a download should bring. Absent or empty: unknown, and not compared. */
export interface AskedChart {
  /** The chart's name. */
  readonly name?: string | undefined;
  /** Its version. */
  readonly version?: string | undefined;
  /** SHA-256 of the archive, hexadecimal, as an index names it. */
  readonly digest?: string | undefined;
}

/** A chart of the right name that is not quite what was asked for. */
export interface Difference {
  /** Which fact differs. */
  readonly of: "version" | "digest";
  /** One sentence that names both, without a full stop. */
  readonly text: string;
}

/** What came. */
export interface Arrival {
  /** What its Chart.yaml says. */
  readonly metadata: ChartMetadata;
  /** What differs; the caller decides whether that is an error. */
  readonly differences: readonly Difference[];
}

/** The download is not a chart, or not the chart that was asked for. The message is complete: callers add no words. */
export class ArrivalError extends SkegError {}

/** Options of {@linkcode checkArrival}. */
export interface ArrivalOptions {
  /** Where it came from, for messages; without secrets. */
  readonly address: string;
  /** Path that it is meant for, as messages about damage name it; absent: they name none, as where Helm 2 unpacks. */
  readonly path?: string | undefined;
  /** What was asked for. */
  readonly asked: AskedChart;
}

/**
 * Compares an archive with what was asked for.
 *
 * @throws {@linkcode ArrivalError} when it is no chart, with Helm's message for a chart that cannot be loaded, and when
 * it is a chart of another name.
 */
export async function checkArrival(
  bytes: Uint8Array,
  { address, path, asked }: ArrivalOptions,
): Promise<Arrival> {
  const metadata = readMetadata(bytes, path);
  const { name, version = "" } = metadata;
  if (asked.name && asked.name !== name) {
    const text = `the archive at ${address} holds the chart ${shownName(name)}, not ${shownName(asked.name)}`;
    throw new ArrivalError("chart", text, { hint: "Tell the owner of the repository: its index names a wrong file." });
  }
  const differences: Difference[] = [];
  if (asked.version && !isSameVersion(asked.version, version)) {
    const found = `version ${shownName(version)} of the chart ${shownName(name)}`;
    differences.push({
      of: "version",
      text: `the archive at ${address} holds ${found}, not ${shownName(asked.version)}`,
    });
  }
  if (asked.digest) {
    const wanted = asked.digest.toLowerCase().replace(/^sha256:/, "");
    const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)).toHex();
    if (wanted !== found) {
      const text = `the archive at ${address} has the SHA-256 digest ${found}, but the index names ${
        shownName(wanted)
      }`;
      differences.push({ of: "digest", text });
    }
  }
  return { metadata, differences };
}

function readMetadata(bytes: Uint8Array, path: string | undefined): ChartMetadata {
  try {
    return archiveMetadata(bytes, path);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new ArrivalError(error.kind, error.message, { cause: error, hint: error.hint });
  }
}

/** True for two spellings of one version, such as `v1.0` and `1.0.0`. */
function isSameVersion(a: string, b: string): boolean {
  return a === b || canonical(a) === canonical(b);
}

function canonical(text: string): string {
  try {
    return formatVersion(parseVersion(text));
  } catch {
    return text;
  }
}

/**
 * Where a chart's archive may be written: over an archive of the same chart, which scripts rely on, and over nothing
 * else.
 *
 * @param chart What the new archive holds.
 */
export function archivePlace({ name, version = "" }: Pick<ChartMetadata, "name" | "version">): PlaceOptions {
  return {
    reasonToKeep(path, sizeBytes) {
      // Under the name that this very chart's archive has, what a download left that was cut off may go.
      const isOwnName = basename(path) === `${name}-${version}.tgz`;
      if (sizeBytes === 0 && isOwnName) return undefined;
      if (sizeBytes > CHART_LIMITS.archiveBytesMax || !isGzip(path)) return "it exists and is not a chart archive";
      const found = nameIn(path);
      if (found === name || found === undefined && isOwnName) return undefined;
      return found === undefined
        ? "it exists and is not a chart archive"
        : `it exists and holds the chart ${shownName(found)}`;
    },
  };
}

/** Where the provenance file of an archive may be written: over another one. */
export const PROVENANCE_PLACE: PlaceOptions = {
  reasonToKeep(path, sizeBytes) {
    if (sizeBytes === 0 || sizeBytes <= PROVENANCE_BYTES_MAX && isProvenance(readFileSync(path))) return undefined;
    return "it exists and is not a provenance file";
  },
};

const PROVENANCE_BYTES_MAX = 4 * 1024 * 1024;

/** True for bytes that hold a signed message, whatever stands around it. */
export function isProvenance(bytes: Uint8Array): boolean {
  return /^-----BEGIN PGP SIGNED MESSAGE-----\r?$/m.test(new TextDecoder().decode(bytes));
}

function isGzip(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return false;
  }
  try {
    const start = new Uint8Array(3);
    return readSync(file, start, 0, 3, 0) === 3 && start[0] === 0x1f && start[1] === 0x8b && start[2] === 8;
  } finally {
    closeSync(file);
  }
}

/** The name of the chart in an archive; `undefined` when there is none. */
function nameIn(path: string): string | undefined {
  try {
    return archiveMetadata(readFileSync(path), path).name;
  } catch (error) {
    if (error instanceof SkegError) return undefined;
    throw error;
  }
}
