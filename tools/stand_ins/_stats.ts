/**
 * `fs.Stats`, from what the runtime tells of a file.
 *
 * @module
 */
import type * as NodeFs from "node:fs";

/** All of `fs.Stats` but the times that are `Temporal.Instant`. */
export type Stats = Omit<NodeFs.Stats, `${"a" | "m" | "c" | "birth"}timeInstant`>;

const UNKNOWN = new Date(0);

/** `fs.Stats`. Where the system has no such thing, numbers are 0, as in Node. */
export class RuntimeStats implements Stats {
  readonly #info: Deno.FileInfo;
  /** In bytes. */
  readonly size: number;
  /** With the bits for the type, where the system has modes. */
  readonly mode: number;

  /** `info` is what `Deno.stat` and its kin give. */
  constructor(info: Deno.FileInfo) {
    this.#info = info;
    this.size = info.size;
    this.mode = info.mode ?? 0o666;
  }

  isFile(): boolean {
    return this.#info.isFile;
  }
  isDirectory(): boolean {
    return this.#info.isDirectory;
  }
  isSymbolicLink(): boolean {
    return this.#info.isSymlink;
  }
  isBlockDevice(): boolean {
    return this.#info.isBlockDevice ?? false;
  }
  isCharacterDevice(): boolean {
    return this.#info.isCharDevice ?? false;
  }
  isFIFO(): boolean {
    return this.#info.isFifo ?? false;
  }
  isSocket(): boolean {
    return this.#info.isSocket ?? false;
  }
  get dev(): number {
    return this.#info.dev;
  }
  get ino(): number {
    return this.#info.ino ?? 0;
  }
  get nlink(): number {
    return this.#info.nlink ?? 0;
  }
  get uid(): number {
    return this.#info.uid ?? 0;
  }
  get gid(): number {
    return this.#info.gid ?? 0;
  }
  get rdev(): number {
    return this.#info.rdev ?? 0;
  }
  get blksize(): number {
    return this.#info.blksize ?? 0;
  }
  get blocks(): number {
    return this.#info.blocks ?? 0;
  }
  get atime(): Date {
    return this.#info.atime ?? UNKNOWN;
  }
  get atimeMs(): number {
    return this.atime.getTime();
  }
  get mtime(): Date {
    return this.#info.mtime ?? UNKNOWN;
  }
  get mtimeMs(): number {
    return this.mtime.getTime();
  }
  get ctime(): Date {
    return this.#info.ctime ?? UNKNOWN;
  }
  get ctimeMs(): number {
    return this.ctime.getTime();
  }
  get birthtime(): Date {
    return this.#info.birthtime ?? UNKNOWN;
  }
  get birthtimeMs(): number {
    return this.birthtime.getTime();
  }
}
