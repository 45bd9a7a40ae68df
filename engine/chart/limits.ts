/**
 * How much of a chart is read before it is refused.
 *
 * Helm 2 has no limits: an archive of a few kilobytes can fill the memory.
 *
 * @module
 */

/** Bounds on what a chart may hold; exceeding one is an error that names it. */
export interface ChartLimits {
  /** Bytes of one archive after decompression, tar headers included; archives inside it count again. */
  readonly archiveBytesMax: number;
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
  fileBytesMax: 5 * 1024 * 1024,
  filesMax: 100_000,
  folderBytesMax: 1024 * 1024 * 1024,
  depthMax: 64,
};

/** A size for messages: `5 MiB`. */
export function formatSize(bytes: number): string {
  return bytes % (1024 * 1024) === 0 ? `${bytes / 1024 / 1024} MiB` : `${bytes} bytes`;
}
