/**
 * Go's errors as values: the results of methods that return only an error.
 *
 * @module
 */
import { type Field, type GoKind, Struct } from "./value.ts";

/** A pointer to an error. */
export class GoError extends Struct {
  /** Go's type name, such as `*errors.errorString`. */
  override readonly goType: string;
  /** The message. */
  readonly message: string;
  readonly #fields: readonly Field[];

  /** Keeps the type, the message and the fields that can be seen. */
  constructor(goType: string, message: string, fields: readonly Field[] = []) {
    super();
    this.goType = goType;
    this.message = message;
    this.#fields = fields;
  }

  /** A pointer. */
  override get kind(): GoKind {
    return "ptr";
  }

  /** Fields in order of declaration. */
  override fields(): readonly Field[] {
    return this.#fields;
  }

  /** The result of the type's `Error` method. */
  override text(): string {
    return this.message;
  }
}

/** A nil error: prints as nil does, and is `null` in JSON. */
class NilError extends GoError {
  override get kind(): GoKind {
    return "invalid";
  }

  override json(): unknown {
    return null;
  }
}

/** The nil error. */
export const NO_ERROR: GoError = new NilError("<nil>", "<nil>");
