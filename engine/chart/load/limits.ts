/**
 * Limits for reading charts.
 *
 * Helm 2 has no limits: an archive of a few kilobytes can fill the memory.
 *
 * @module
 */
import { byteLength, quote } from "../../lang/golang/mod.ts";

/** Limits for the content of a chart. Exceeding one is an error that names the limit. */
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

/** The limits in use. Archives: 100 MiB unpacked and 5 MiB for each file, as in Helm 3. */
export const CHART_LIMITS: ChartLimits = {
  archiveBytesMax: 100 * 1024 * 1024,
  // Each costs about 30 µs. Programs that compress in blocks make one per 64 KiB: 1,600 for the largest archive.
  membersMax: 10_000,
  // Linux's limit for a path.
  pathBytesMax: 4096,
  fileBytesMax: 5 * 1024 * 1024,
  filesMax: 100_000,
  folderBytesMax: 1024 * 1024 * 1024,
  depthMax: 64,
};

/** Maximal number of characters of a name in a message. */
const SHOWN_MAX = 160;

/** Returns a name in quotes for messages. A very long name is cut, and its length is added. */
export function shownName(name: string): string {
  if (name.length <= SHOWN_MAX) return quote(name);
  return `${quote(name.slice(0, SHOWN_MAX))}… (${byteLength(name)} bytes)`;
}

/** Returns a size for messages: `5 MiB`. */
export function formatSize(bytes: number): string {
  return bytes % (1024 * 1024) === 0 ? `${bytes / 1024 / 1024} MiB` : `${bytes} bytes`;
}
