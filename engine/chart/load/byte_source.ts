/**
 * Bytes that are read from front to back and made only when they are asked for.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";

/** A reader of bytes. */
export interface ByteSource {
  /**
   * Returns the next `size` bytes.
   *
   * @throws kind `chart` when fewer are left; the message is the reason why the bytes end there.
   */
  take(size: number): Uint8Array;
  /** Passes over the next `size` bytes, or over all that are left when there are fewer. */
  skip(size: number): void;
  /** True when no byte is left and nothing is wrong. */
  isAtEnd(): boolean;
}

/** The next piece of a source: bytes, the proper end (`undefined`), or the reason why nothing follows. */
export type Piece = Uint8Array | { readonly fault: Damage } | undefined;

/** What is wrong with packed bytes, in Go's words. */
export type Damage =
  | "unexpected EOF"
  | "gzip: invalid header"
  | "gzip: invalid checksum"
  | "flate: corrupt input";

/** Packed bytes that cannot be read to the end that is needed. */
export class DamageError extends SkegError {
  /** What is wrong. */
  readonly damage: Damage;

  /** The message is the damage itself, as Helm has it. */
  constructor(damage: Damage) {
    super("chart", damage);
    this.damage = damage;
  }
}

/**
 * Reads one piece after the other. A piece that holds all that is asked for is handed out as a view; only what lies
 * in several pieces is copied, so that no more is held than what was asked for.
 *
 * @param next Makes the next piece. It is not called again after the end or a fault.
 */
export function sourceOf(next: () => Piece): ByteSource {
  let piece: Uint8Array = new Uint8Array();
  let at = 0;
  let end: { readonly fault: Damage | undefined } | undefined;
  /** Makes sure that a byte is there; false at the end. */
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
      // Gathered before the room for it is made: a header may claim any size.
      const parts: Uint8Array[] = [];
      let missing = size;
      while (missing > 0) {
        if (!fill()) throw new DamageError(end?.fault ?? "unexpected EOF");
        const part = some(missing);
        parts.push(part);
        missing -= part.length;
      }
      return joined(parts, size);
    },
    skip(size) {
      for (let left = size; left > 0 && fill();) left -= some(left).length;
    },
    isAtEnd: () => !fill() && end?.fault === undefined,
  };
}

/** Reads bytes that are there already. */
export function sourceOfBytes(bytes: Uint8Array, fault?: Damage): ByteSource {
  const pieces: Piece[] = [bytes, fault === undefined ? undefined : { fault }];
  return sourceOf(() => pieces.shift());
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
