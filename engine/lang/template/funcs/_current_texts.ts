/**
 * Functions about text, time and digests as sprig 3 has them.
 *
 * Source: sprig 3.3.0, `strings.go`, `date.go`, `crypto.go`, `functions.go`; huandu/xstrings 1.5.0.
 *
 * @module
 */
import {
  byteLength,
  formatDuration,
  GoTime,
  Int,
  isSpace,
  lowerRune,
  parseDuration,
  parseInt64,
  sliceBytes,
  toBytes,
  upperRune,
} from "../../golang/mod.ts";
import { currentJoinedCase } from "./_current_words.ts";
import { define } from "./_define.ts";
import type { Func, FuncTable } from "./func.ts";

const ANY = "interface {}";
const SECOND = 1_000_000_000n;

/** A negative count keeps the end of the text. */
function trunc(count: Int, text: string): string {
  const [size, length] = [Number(count.value), byteLength(text)];
  if (size < 0 && length + size > 0) return sliceBytes(text, length + size, length);
  return size >= 0 && length > size ? sliceBytes(text, 0, size) : text;
}

const isConnector = (rune: string): boolean => rune === "-" || rune === "_" || isSpace(rune);

/** Returns `some-words` as `SomeWords`. Connectors at the start stay, and of several in a row the first ones. */
function camelcase(text: string): string {
  const runes = [...text.toWellFormed()];
  const start = runes.findIndex((rune) => !isConnector(rune));
  if (start < 0) return text;
  let out = runes.slice(0, start).join("");
  let current = upperRune(runes[start] ?? "");
  let isAfterUpper = isUpper(runes[start] ?? "");
  for (const rune of runes.slice(start + 1)) {
    const last = current;
    current = rune;
    if (isConnector(rune) && isConnector(last)) {
      out += last;
      continue;
    }
    if (isConnector(last)) {
      isAfterUpper = isUpper(rune);
      current = upperRune(rune);
      continue;
    }
    if (isAfterUpper && isUpper(rune)) current = lowerRune(rune);
    else isAfterUpper = false;
    out += last;
  }
  return out + current;
}

const isUpper = (rune: string): boolean => lowerRune(rune) !== rune && upperRune(rune) === rune;

/** Seconds as text: `duration 90` is `1m30s`. */
function duration(value: unknown): string {
  const seconds = typeof value === "string"
    ? parseInt64(value).value
    : value instanceof Int && value.type === "int64"
    ? value.value
    : 0n;
  return formatDuration(BigInt.asIntN(64, seconds * SECOND));
}

const UNITS: readonly (readonly [bigint, string])[] = [
  [365n * 86_400n, "y"],
  [30n * 86_400n, "mo"],
  [86_400n, "d"],
  [3_600n, "h"],
  [60n, "m"],
  [1n, "s"],
];

/** The largest unit alone: `2h10m5s` is `2h`. */
function durationRound(value: unknown): string {
  const nanos = typeof value === "string"
    ? parseDuration(value) ?? 0n
    : value instanceof Int && value.type === "int64"
    ? value.value
    : 0n;
  const size = nanos < 0n ? -nanos : nanos;
  const found = UNITS.find(([seconds]) => size > seconds * SECOND);
  return found === undefined ? "0s" : `${size / (found[0] * SECOND)}${found[1]}`;
}

let digests: typeof import("./_digests.ts") | undefined;

const sha512sum: Func = {
  ...define(["string"], (text) => {
    if (digests === undefined) throw new Error("digests are used before they are loaded");
    return digests.sha512Hex(toBytes(text));
  }),
  load: () => digests === undefined ? import("./_digests.ts").then((module) => void (digests = module)) : undefined,
};

/** Functions of paths that have a second name for the operating system's. */
const OS_PATHS = { osBase: "base", osClean: "clean", osDir: "dir", osExt: "ext", osIsAbs: "isAbs" } as const;

/** Returns the functions by name. */
export function currentTexts(functions: FuncTable): FuncTable {
  const paths = Object.entries(OS_PATHS).flatMap(([name, plain]): [string, Func][] => {
    const func = functions[plain];
    return func === undefined ? [] : [[name, func]];
  });
  return {
    ...Object.fromEntries(paths),
    camelcase: define(["string"], camelcase),
    kebabcase: define(["string"], (text) => currentJoinedCase(text, "-")),
    snakecase: define(["string"], (text) => currentJoinedCase(text, "_")),
    duration: define([ANY], duration),
    durationRound: define([ANY], (value) => value instanceof GoTime ? "0s" : durationRound(value)),
    sha512sum,
    trunc: define(["int", "string"], trunc),
  };
}
