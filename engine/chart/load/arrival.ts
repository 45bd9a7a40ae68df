/**
 * Checks a downloaded archive: that it is a chart, that it is the requested chart, and that it may be written to its
 * path.
 *
 * Helm 2 checks none of these: it writes any download over any existing file.
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

/** The requested chart. An absent or empty field is unknown and is not compared. */
export interface AskedChart {
  /** The chart's name. */
  readonly name?: string | undefined;
  /** Its version. */
  readonly version?: string | undefined;
  /** SHA-256 of the archive, hexadecimal, as in an index. */
  readonly digest?: string | undefined;
}

/** A difference between the requested chart and the downloaded one; their names are equal. */
export interface Difference {
  /** Which fact differs. */
  readonly of: "version" | "digest";
  /** One sentence with both values, without a full stop. */
  readonly text: string;
}

/** A downloaded chart that was checked. */
export interface Arrival {
  /** The content of its Chart.yaml. */
  readonly metadata: ChartMetadata;
  /** Differences from the requested chart; the caller decides which are errors. */
  readonly differences: readonly Difference[];
}

/** The download is not a chart, or not the chart that was asked for. The message is complete: callers must not add a prefix. */
export class ArrivalError extends SkegError {}

/** Options of {@linkcode checkArrival}. */
export interface ArrivalOptions {
  /** Address of the download, for messages; without credentials. */
  readonly address: string;
  /** Target path, for messages about damage. Absent: they name no path, as in Helm 2 when it unpacks. */
  readonly path?: string | undefined;
  /** The requested chart. */
  readonly asked: AskedChart;
}

/**
 * Compares an archive with the requested chart.
 *
 * @throws {@linkcode ArrivalError} when it is not a chart, with Helm's message for a chart that cannot be loaded, and
 * when the chart has another name.
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

/** True if both are spellings of the same version, such as `v1.0` and `1.0.0`. */
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
 * Returns the rule for writing a chart's archive: it may replace an archive of the same chart, because scripts rely on
 * that, and no other file.
 *
 * @param chart Name and version of the new archive's chart.
 */
export function archivePlace({ name, version = "" }: Pick<ChartMetadata, "name" | "version">): PlaceOptions {
  return {
    reasonToKeep(path, sizeBytes) {
      // Under the name of this chart's archive, an empty or unreadable file is left from an interrupted download and may be
      // replaced.
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

/** The rule for writing a provenance file: it may replace another provenance file only. */
export const PROVENANCE_PLACE: PlaceOptions = {
  reasonToKeep(path, sizeBytes) {
    if (sizeBytes === 0 || sizeBytes <= PROVENANCE_BYTES_MAX && isProvenance(readFileSync(path))) return undefined;
    return "it exists and is not a provenance file";
  },
};

const PROVENANCE_BYTES_MAX = 4 * 1024 * 1024;

/** True if the bytes contain a signed message; text around it is ignored. */
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

/** Returns the name of the chart in an archive; `undefined` when the file is not a chart. */
function nameIn(path: string): string | undefined {
  try {
    return archiveMetadata(readFileSync(path), path).name;
  } catch (error) {
    if (error instanceof SkegError) return undefined;
    throw error;
  }
}
