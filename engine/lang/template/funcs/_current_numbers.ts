/**
 * Functions about numbers as sprig 3 has them: texts may be octal or hexadecimal, and there are functions for decimal fractions.
 *
 * Source: sprig 3.3.0, `numeric.go`; spf13/cast 1.7.0, `caste.go`; shopspring/decimal.
 *
 * @module
 */
import { goInt, type Int, parseInt64 } from "../../golang/mod.ts";
import { define, defineVariadic, SIZE_MAX } from "./_define.ts";
import { toFloat64 } from "./_values.ts";
import { type Func, FuncError, type FuncTable } from "./func.ts";

const ANY = "interface {}";

/** Functions whose arguments become whole numbers. */
const WHOLE = "int int64 add add1 sub div mod mul max biggest min".split(" ");

/** Returns a text as the number that it stands for; 0 where it stands for none. Other values stay. */
function readText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const parsed = parseInt64(value.replace(/\.0*$/, (zeros) => zeros === "." ? "." : ""), 0);
  return goInt(parsed.error === undefined ? parsed.value : 0n, "int64");
}

function reading(func: Func): Func {
  return { ...func, call: (args, context) => func.call(args.map(readText), context) };
}

/** A decimal fraction: `digits * 10 ** power`. */
interface Decimal {
  readonly digits: bigint;
  readonly power: number;
}

/** Digits after the point of a quotient. */
const DIVISION_DIGITS = 16;

function decimalOf(value: unknown): Decimal {
  const [, sign = "", whole = "0", part = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(`${toFloat64(value)}`) ?? [];
  return { digits: BigInt(`${sign}${whole}${part}`), power: Number(power) - part.length };
}

/** Returns the digits of both numbers for their smaller power. */
function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const power = Math.min(a.power, b.power);
  const scaled = (one: Decimal): bigint => one.digits * 10n ** BigInt(one.power - power);
  return [scaled(a), scaled(b), power];
}

function sum(a: Decimal, b: Decimal, sign: bigint): Decimal {
  const [left, right, power] = aligned(a, b);
  return { digits: left + sign * right, power };
}

function quotient(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) throw new FuncError("decimal division by 0");
  const [left, right] = aligned(a, b);
  const magnitude = (value: bigint): bigint => value < 0n ? -value : value;
  const [over, under] = [magnitude(left) * 10n ** BigInt(DIVISION_DIGITS), magnitude(right)];
  const rounded = (over * 2n + under) / (under * 2n);
  return { digits: left < 0n !== right < 0n ? -rounded : rounded, power: -DIVISION_DIGITS };
}

const numberOf = ({ digits, power }: Decimal): number => Number(`${digits}e${power}`);

function folding(step: (total: Decimal, next: Decimal) => Decimal): Func {
  return defineVariadic([ANY], ANY, ([first], rest) => numberOf(rest.map(decimalOf).reduce(step, decimalOf(first))));
}

function extreme(choose: (a: number, b: number) => number): Func {
  return defineVariadic(
    [ANY],
    ANY,
    ([first], rest) => rest.map(toFloat64).reduce((a, b) => choose(a, b), toFloat64(first)),
  );
}

/** `seq END`, `seq START END`, `seq START STEP END`: the numbers, with blanks between them. */
function seq(params: readonly Int[]): string {
  const [first = 0n, second = 0n, third = 0n] = params.map(({ value }) => value);
  if (params.length === 0 || params.length > 3) return "";
  const [start, end] = params.length === 1 ? [1n, first] : [first, params.length === 2 ? second : third];
  const natural = end < start ? -1n : 1n;
  const step = params.length === 3 ? second : natural;
  if (step === 0n || (step < 0n) !== (natural < 0n)) return "";
  if ((end - start) / step > SIZE_MAX / 16) throw new FuncError("runtime error: makeslice: len out of range");
  const items: bigint[] = [];
  for (let at = start; natural < 0n ? at >= end : at <= end; at += step) items.push(at);
  return items.join(" ");
}

/** Returns the functions by name. */
export function currentNumbers(functions: FuncTable): FuncTable {
  const whole = WHOLE.flatMap((name): [string, Func][] => {
    const func = functions[name];
    return func === undefined ? [] : [[name, reading(func)]];
  });
  return {
    ...Object.fromEntries(whole),
    add1f: define([ANY], (value) => numberOf(sum(decimalOf(value), { digits: 1n, power: 0 }, 1n))),
    addf: defineVariadic(
      [],
      ANY,
      (_, values) =>
        numberOf(values.map(decimalOf).reduce((total, next) => sum(total, next, 1n), { digits: 0n, power: 0 })),
    ),
    subf: folding((total, next) => sum(total, next, -1n)),
    mulf: folding((total, next) => ({ digits: total.digits * next.digits, power: total.power + next.power })),
    divf: folding(quotient),
    maxf: extreme(Math.max),
    minf: extreme(Math.min),
    seq: defineVariadic([], "int", (_, params) => seq(params)),
  };
}
