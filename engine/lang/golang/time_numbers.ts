/**
 * Go's `time.Duration`, `time.Month` and `time.Weekday`: numbers with a type,
 * a text and methods of their own.
 *
 * @module
 */

import { formatDuration, roundDuration, SECOND, truncateDuration } from "./duration.ts";
import { MONTHS, WEEKDAYS } from "./layout.ts";
import { goInt, type GoKind, Int, type Method, Struct } from "./value.ts";

/** Declares a method of a receiver. */
export function method(params: readonly string[], call: (args: unknown[]) => unknown): Method {
  return { params, call };
}

/** Reads an argument that is an integer of some type. */
export function integerOf(value: unknown): bigint {
  if (value instanceof Int) return value.value;
  return value instanceof Struct ? value.integer : 0n;
}

/** Returns a Go int64; what does not fit wraps around. */
export function int64(value: bigint): Int {
  return goInt(BigInt.asIntN(64, value), "int64");
}

/** A number with a type and a text of its own. */
export abstract class NamedNumber extends Struct {
  readonly #value: bigint;

  /** Keeps the number. */
  constructor(value: bigint) {
    super();
    this.#value = value;
  }

  /** The number. */
  override get integer(): bigint {
    return this.#value;
  }

  /** Go's `==`. */
  override equals(other: unknown): boolean {
    return other instanceof NamedNumber && other.goType === this.goType && other.integer === this.integer;
  }

  /** Returns the value that JSON shows: a plain integer. */
  override json(): unknown {
    return goInt(this.#value, this.kind === "int64" ? "int64" : "int");
  }

  /** The result of the type's `String` method. */
  abstract override text(): string;

  /** Finds a method by its name. */
  override method(name: string): Method | undefined {
    return name === "String" ? method([], () => this.text()) : undefined;
  }
}

/** Go's `time.Month`. */
export class GoMonth extends NamedNumber {
  /** Go's type name. */
  override readonly goType = "time.Month";

  /** The result of `reflect.Kind`. */
  override get kind(): GoKind {
    return "int";
  }

  /** The result of the type's `String` method. */
  override text(): string {
    return MONTHS[Number(this.integer) - 1] ?? `%!Month(${BigInt.asUintN(64, this.integer)})`;
  }
}

/** Go's `time.Weekday`. */
export class GoWeekday extends NamedNumber {
  /** Go's type name. */
  override readonly goType = "time.Weekday";

  /** The result of `reflect.Kind`. */
  override get kind(): GoKind {
    return "int";
  }

  /** The result of the type's `String` method. */
  override text(): string {
    return WEEKDAYS[Number(this.integer)] ?? `%!Weekday(${BigInt.asUintN(64, this.integer)})`;
  }
}

/** Go's `time.Duration`: nanoseconds. */
export class GoDuration extends NamedNumber {
  /** Go's type name. */
  override readonly goType = "time.Duration";

  /** The result of `reflect.Kind`. */
  override get kind(): GoKind {
    return "int64";
  }

  /** The result of the type's `String` method. */
  override text(): string {
    return formatDuration(this.integer);
  }

  /** Finds a method by its name. */
  override method(name: string): Method | undefined {
    const size = this.integer;
    switch (name) {
      case "Nanoseconds":
        return method([], () => int64(size));
      case "Microseconds":
        return method([], () => int64(size / 1_000n));
      case "Milliseconds":
        return method([], () => int64(size / 1_000_000n));
      case "Seconds":
        return method([], () => inUnits(size, SECOND));
      case "Minutes":
        return method([], () => inUnits(size, 60n * SECOND));
      case "Hours":
        return method([], () => inUnits(size, 3600n * SECOND));
      case "Round":
        return method(["time.Duration"], ([unit]) => new GoDuration(roundDuration(size, integerOf(unit))));
      case "Truncate":
        return method(["time.Duration"], ([unit]) => new GoDuration(truncateDuration(size, integerOf(unit))));
      default:
        return super.method(name);
    }
  }
}

function inUnits(nanoseconds: bigint, unit: bigint): number {
  return Number(nanoseconds / unit) + Number(nanoseconds % unit) / Number(unit);
}
