/**
 * Template functions about numbers: conversion, arithmetic, rounding and
 * sequences. Exports `numberFuncs`.
 *
 * Answers to sprig 2.22.0, `numeric.go` and `functions.go`. Whole numbers are
 * Go's int64: they wrap around.
 *
 * @module
 */

import { formatValue, goInt, type Int, parseInt64, powerOfTen, Slice } from "../../golang/mod.ts";
import { appended } from "./_capacity.ts";
import { define, defineVariadic, SIZE_MAX } from "./_define.ts";
import { toFloat64, toInt64 } from "./_values.ts";
import { type Func, FuncError, type FuncTable } from "./func.ts";

function int64(value: bigint): Int {
  return goInt(BigInt.asIntN(64, value), "int64");
}

function divisor(value: unknown): bigint {
  const number = toInt64(value);
  if (number === 0n) throw new FuncError("runtime error: integer divide by zero");
  return number;
}

function reduceInt64(fold: (total: bigint, next: bigint) => bigint): Func {
  return defineVariadic(["interface {}"], "interface {}", ([first], rest) => {
    let total = toInt64(first);
    for (const value of rest) total = BigInt.asIntN(64, fold(total, toInt64(value)));
    return int64(total);
  });
}

const max = reduceInt64((total, next) => next > total ? next : total);

/**
 * Rounds to `places` decimals. Helm 2: the fraction that is left decides between
 * the next number up and the next one down, so negative numbers always go down.
 */
function round(value: unknown, places: Int, threshold = 0.5): number {
  const power = powerOfTen(Number(places.value));
  const scaled = power * toFloat64(value);
  return (scaled % 1 >= threshold ? Math.ceil(scaled) : Math.floor(scaled)) / power;
}

/** Whole numbers from `start` up or down to, and without, `stop`. */
function sequence(start: bigint, stop: bigint, step: bigint): Slice {
  const isDown = stop < start;
  const items: Int[] = [];
  if (isDown ? step >= 0n : step <= 0n) return new Slice("int", items);
  const span = isDown ? start - stop : stop - start;
  if (span / (step < 0n ? -step : step) > SIZE_MAX / 16) {
    throw new FuncError("runtime error: makeslice: len out of range");
  }
  for (let value = start; isDown ? value > stop : value < stop; value += step) items.push(goInt(value));
  return appended(new Slice("int", items));
}

/** Reads the printed value as octal digits. */
function toDecimal(value: unknown): Int {
  const parsed = parseInt64(formatValue(value), 8);
  return int64(parsed.error === undefined ? parsed.value : 0n);
}

/** Functions about numbers, by name. */
export const numberFuncs: FuncTable = {
  // Helm 2: a number out of range becomes the nearest one, though `int64` makes it 0.
  atoi: define(["string"], (text) => goInt(parseInt64(text).value)),
  int: define(["interface {}"], (value) => goInt(toInt64(value))),
  int64: define(["interface {}"], (value) => int64(toInt64(value))),
  float64: define(["interface {}"], toFloat64),
  toDecimal: define(["interface {}"], toDecimal),
  add: defineVariadic(
    [],
    "interface {}",
    (_, values) => int64(values.reduce((total: bigint, value) => total + toInt64(value), 0n)),
  ),
  add1: define(["interface {}"], (value) => int64(toInt64(value) + 1n)),
  sub: define(["interface {}", "interface {}"], (a, b) => int64(toInt64(a) - toInt64(b))),
  div: define(["interface {}", "interface {}"], (a, b) => int64(toInt64(a) / divisor(b))),
  mod: define(["interface {}", "interface {}"], (a, b) => int64(toInt64(a) % divisor(b))),
  mul: reduceInt64((total, next) => total * next),
  max,
  biggest: max,
  min: reduceInt64((total, next) => next < total ? next : total),
  ceil: define(["interface {}"], (value) => Math.ceil(toFloat64(value))),
  floor: define(["interface {}"], (value) => Math.floor(toFloat64(value))),
  round: defineVariadic(
    ["interface {}", "int"],
    "float64",
    ([value, places], [threshold]) => round(value, places, threshold),
  ),
  until: define(["int"], (count) => sequence(0n, count.value, count.value < 0n ? -1n : 1n)),
  untilStep: define(["int", "int", "int"], (start, stop, step) => sequence(start.value, stop.value, step.value)),
};
