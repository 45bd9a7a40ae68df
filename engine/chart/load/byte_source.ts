/**
 * Bytes that are read sequentially and produced on demand.
 *
 * @module
 */
import { joinBytes } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";

/** A reader of bytes. */
export interface ByteSource {
  /**
   * Returns the next `size` bytes.
   *
   * @throws kind `chart` when fewer bytes are left; the message is the reason why they end.
   */
  take(size: number): Uint8Array;
  /** Skips the next `size` bytes, or all remaining bytes when there are fewer. */
  skip(size: number): void;
  /** True if the source ended without damage and no byte is left. */
  isAtEnd(): boolean;
}

/** The next piece of a source: bytes, the regular end (`undefined`), or the damage that ends it. */
export type Piece = Uint8Array | { readonly fault: Damage } | undefined;

/** Damage of compressed bytes, as Go's messages. */
export type Damage =
  | "unexpected EOF"
  | "gzip: invalid header"
  | "gzip: invalid checksum"
  | "flate: corrupt input";

/** Compressed bytes that end or are damaged before the needed position. */
export class DamageError extends SkegError {
  /** The damage; code branches on it. */
  readonly damage: Damage;

  /** The message is the damage itself, as Helm has it. */
  constructor(damage: Damage) {
    super("chart", damage);
    this.damage = damage;
  }
}

/**
 * Returns a source that reads pieces on demand. Bytes from a single piece are returned as a view; bytes from several
 * pieces are copied. So memory holds no more than the requested bytes.
 *
 * @param next Returns the next piece. Not called again after the end or a fault.
 */
export function sourceOf(next: () => Piece): ByteSource {
  let piece: Uint8Array = new Uint8Array();
  let at = 0;
  let end: { readonly fault: Damage | undefined } | undefined;
  /** Loads the next piece when the current one is used up; returns false at the end. */
  const fill = (): boolean => {
    while (at === piece.length && end === undefined) {
      const found = next();
      if (found instanceof Uint8Array) [piece, at] = [found, 0];
      else end = { fault: found?.fault };
    }
    return at < piece.length;
  };
  const some = (most: number): Uint8Array => {
    const part = piece.subarray(at, at + most);
    at += part.length;
    return part;
  };
  return {
    take(size) {
      if (size === 0) return new Uint8Array();
      const isThere = fill();
      if (isThere && piece.length - at >= size) return some(size);
      // Collects the bytes before it allocates the result: a header may claim any size.
      const parts: Uint8Array[] = [];
      let missing = size;
      while (missing > 0) {
        if (!fill()) throw new DamageError(end?.fault ?? "unexpected EOF");
        const part = some(missing);
        parts.push(part);
        missing -= part.length;
      }
      return joinBytes(parts);
    },
    skip(size) {
      for (let left = size; left > 0 && fill();) left -= some(left).length;
    },
    isAtEnd: () => !fill() && end?.fault === undefined,
  };
}

/** Returns a source over bytes in memory. */
export function sourceOfBytes(bytes: Uint8Array, fault?: Damage): ByteSource {
  const pieces: Piece[] = [bytes, fault === undefined ? undefined : { fault }];
  return sourceOf(() => pieces.shift());
}
