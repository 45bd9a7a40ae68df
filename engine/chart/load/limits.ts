/**
 * How much of a chart is read before it is refused.
 *
 * Helm 2 has no limits: an archive of a few kilobytes can fill the memory.
 *
 * @module
 */
import { byteLength, quote } from "../../lang/golang/mod.ts";

/** Bounds on what a chart may hold; exceeding one is an error that names it. */
export interface ChartLimits {
  /** Bytes of one archive after decompression, tar headers included; archives inside it count again. */
  readonly archiveBytesMax: number;
  /** Members of the gzip files of one archive, archives inside it included. */
  readonly membersMax: number;
  /** Bytes of the path of one file in an archive. */
  readonly pathBytesMax: number;
  /** Bytes of one file in an archive. */
  readonly fileBytesMax: number;
  /** Files in one chart folder or archive. */
  readonly filesMax: number;
  /** Bytes of all files of one chart folder. */
  readonly folderBytesMax: number;
  /** Subcharts within subcharts. */
  readonly depthMax: number;
}

/** The bounds in force. Archives: 100 MiB unpacked, 5 MiB a file, as Helm 3. */
export const CHART_LIMITS: ChartLimits = {
  archiveBytesMax: 100 * 1024 * 1024,
  // Each costs some 30 µs. Programs that pack in blocks make one for 64 KiB: 1,600 for the largest archive.
  membersMax: 10_000,
  // Linux's bound for a path.
  pathBytesMax: 4096,
  fileBytesMax: 5 * 1024 * 1024,
  filesMax: 100_000,
  folderBytesMax: 1024 * 1024 * 1024,
  depthMax: 64,
};

/** Characters of a name that a message shows. */
const SHOWN_MAX = 160;

/** A name for messages, in quotes; one that is too long to be read is cut, and its length told. */
export function shownName(name: string): string {
  if (name.length <= SHOWN_MAX) return quote(name);
  return `${quote(name.slice(0, SHOWN_MAX))}… (${byteLength(name)} bytes)`;
}

/** A size for messages: `5 MiB`. */
export function formatSize(bytes: number): string {
  return bytes % (1024 * 1024) === 0 ? `${bytes / 1024 / 1024} MiB` : `${bytes} bytes`;
}
