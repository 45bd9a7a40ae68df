/**
 * Random inputs with bounds: what every reader of foreign data must bear.
 *
 * Each input comes from a seed of its own. A failure names it; `SKEG_FUZZ_SEED` runs that input alone.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { SkegError } from "../../errors.ts";
import { collectGarbage } from "./garbage.ts";

/** A source of random choices that its seed determines. */
export interface Dice {
  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number;
  /** One of `list`. */
  pick<T>(list: readonly T[]): T;
  /** True in one of `times` cases. */
  oneIn(times: number): boolean;
}

/** Returns the dice of a seed (mulberry32). */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = state + 0x6d2b79f5 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return { below, pick: (list) => list[below(list.length)] as never, oneIn: (times) => below(times) === 0 };
}

/** How many inputs each test tries: `SKEG_FUZZ_RUNS`, or `usual`. */
export function fuzzRuns(usual = 200): number {
  return Number(Deno.env.get("SKEG_FUZZ_RUNS") ?? usual);
}

/** Tests may put another one in its place. */
const later = globalThis.setTimeout;

/** No input may take more time of the processor. Usual are fractions of a millisecond; a pause of the machine is no finding. */
const INPUT_MS_MAX = 5000;
/** The memory in use may grow by so much while inputs are tried. */
const GROWTH_BYTES_MAX = 256 * 1024 * 1024;
/** A message is for a person. */
const MESSAGE_CHARS_MAX = 20_000;

/**
 * Tries `work` with random inputs.
 *
 * `work` may return or throw a `SkegError` with a sentence. Anything else fails, as do inputs that take seconds, memory
 * that grows, and properties that every object has afterwards.
 *
 * @param inputs `make` builds an input from dice; `work` uses it; `show` says what it was when it fails.
 */
export async function fuzz<T>(
  { runs = fuzzRuns(), make, work, show = String }: {
    readonly runs?: number;
    readonly make: (dice: Dice) => T;
    readonly work: (input: T) => unknown;
    readonly show?: (input: T) => string;
  },
): Promise<void> {
  const only = Deno.env.get("SKEG_FUZZ_SEED");
  // CI names the first seed, so that a run can be repeated; by hand each run tries others.
  const given = only ?? Deno.env.get("SKEG_FUZZ_FIRST");
  const first = given === undefined ? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 : Number(given);
  const before = bytesInUse();
  for (let run = 0; run < (only === undefined ? runs : 1); run++) {
    const seed = first + run >>> 0;
    const input = make(diceOf(seed));
    // What the runtime frees, it frees between tasks.
    if (run % 256 === 0) await new Promise((resolve) => later(resolve));
    const problem = await problemOf(work, input) ?? (run % 512 === 0 ? growthSince(before) : undefined);
    if (problem === undefined) continue;
    const { text, cause } = problem;
    throw new Error(`SKEG_FUZZ_SEED=${seed}: ${text}; the input: ${show(input).slice(0, 4000)}`, { cause });
  }
  const problem = growthSince(before);
  if (problem !== undefined) throw new Error(problem.text);
}

interface Problem {
  readonly text: string;
  readonly cause?: unknown;
}

/** Returns the time of the processor that this process has had, in milliseconds. */
function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

async function problemOf<T>(work: (input: T) => unknown, input: T, tries = 2): Promise<Problem | undefined> {
  const start = cpuMs();
  try {
    const result = work(input);
    if (result instanceof Promise) await result;
  } catch (error) {
    const text = wrongError(error);
    if (text !== undefined) return { text, cause: error };
  }
  const ms = cpuMs() - start;
  // The process may have collected garbage.
  if (ms > INPUT_MS_MAX && tries > 1) return await problemOf(work, input, tries - 1);
  if (ms > INPUT_MS_MAX) return { text: `it took ${Math.round(ms)} ms` };
  for (const key in {}) return { text: `every object has the property ${key} now` };
  return undefined;
}

/**
 * Returns the reason why an error is not acceptable for bad input; `undefined` for a `SkegError` with a sentence.
 *
 * @param charsMax Length of a message, where Helm's own grow with what they quote.
 */
export function wrongError(error: unknown, charsMax: number = MESSAGE_CHARS_MAX): string | undefined {
  if (!(error instanceof SkegError)) return `not an error of ours: ${String(error)}`;
  const { message, kind } = error;
  if (kind === "internal") return `an internal error: ${message}`;
  if (message.trim() === "") return "an error without words";
  if (message.length > charsMax) return `a message of ${message.length} characters`;
  // Words of the runtime, which say nothing to a person.
  const odd =
    /\[object |Cannot (?:read|convert|set|destructure)|is not (?:a function|iterable)|call stack|Invalid (?:array|string) length/
      .exec(message);
  return odd === null ? undefined : `words of the runtime in a message: ${message}`;
}

/**
 * Returns the memory that this test uses, in bytes, garbage included. The size of the whole process would say little: files
 * of tests that run beside this one share it, and the runtime keeps what it has freed.
 */
function bytesInUse(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function growthSince(before: number): Problem | undefined {
  if (bytesInUse() - before <= GROWTH_BYTES_MAX) return undefined;
  collectGarbage();
  const grown = bytesInUse() - before;
  return grown > GROWTH_BYTES_MAX ? { text: `memory grew by ${Math.round(grown / 1024 / 1024)} MiB` } : undefined;
}

/** Data of every type, and texts that mean something somewhere; placeholders become what JSON.stringify cannot write. */
const JUNK: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e21,
  2 ** 53,
  "",
  "a",
  "__proto__",
  "constructor",
  "../..",
  "\0",
  "\u2028",
  "1e999",
  "true",
  "x".repeat(300),
  [],
  [null],
  [[]],
  ["a", 1],
  {},
  { "@proto": { polluted: 1 } },
  { constructor: { prototype: { polluted: 1 } } },
  { toString: 1, valueOf: 1 },
  { name: "a" },
  { length: 3 },
  "@raw:1e400",
  "@raw:-0",
  "@raw:9223372036854775808",
  "@raw:123456789012345678901234567890",
  "@deep:[",
  "@deep:{",
];
const KEYS: readonly string[] = ["@proto", "constructor", "toString", "hasOwnProperty", "length", "then", "toJSON", ""];

/** Changes JSON data at one to three places: values of other types, missing, doubled and renamed keys. Returns its text. */
export function damagedJson(dice: Dice, data: unknown): string {
  const copy = [structuredClone(data)];
  for (let count = 1 + dice.below(3); count > 0; count--) changeSomewhere(dice, copy);
  const text = JSON.stringify(copy[0]) ?? "";
  if (!text.includes('"@')) return text;
  return text.replaceAll('"@proto"', '"__proto__"').replace(/"@raw:([^"]*)"/g, "$1").replace(
    /"@deep:(.)"/g,
    (_, open) => {
      const depth = dice.oneIn(20) ? 20_000 : 50;
      return open === "[" ? "[".repeat(depth) + "]".repeat(depth) : '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
    },
  );
}

/** Goes down from `inside[0]` at random, and changes what is there. */
function changeSomewhere(dice: Dice, inside: unknown[]): void {
  let holder: unknown[] | Record<string, unknown> = inside;
  let key: string | number = 0;
  for (let depth = 0; depth < 12; depth++) {
    const value: unknown = (holder as Record<string | number, unknown>)[key];
    if (typeof value !== "object" || value === null || dice.oneIn(5)) break;
    const keys = Object.keys(value);
    if (keys.length === 0) break;
    holder = value as Record<string, unknown>;
    key = dice.pick(keys);
  }
  const map = holder as Record<string | number, unknown>;
  const way = dice.below(8);
  if (way < 4) map[key] = structuredClone(dice.pick(JUNK));
  else if (way === 4 && holder !== inside) delete map[key];
  else if (way === 5) map[Array.isArray(holder) ? key : dice.pick(KEYS)] = structuredClone(map[key]);
  else if (way === 6) map[key] = [structuredClone(map[key]), structuredClone(dice.pick(JUNK))];
  else map[key] = { [dice.pick(KEYS)]: structuredClone(map[key]) };
}

/** Pieces that texts are damaged with. */
const PIECES: readonly string[] = [
  ..."\0|\n|\r\n|{|}|[|]|\"|'|,|:|- |\\|\\u0000|&a |*a|<<: |!!binary |!!float |# |---\n|...\n|%|`|@|~|null|0x|1e999|\t|é|\ufeff|\u2028|=|-----BEGIN"
    .split("|"),
  "|",
  " ".repeat(80),
  "[".repeat(300),
  "{a: ".repeat(200),
  "? ".repeat(200),
  "- ".repeat(200),
  "__proto__: ",
  "constructor: ",
];

/** Cuts parts of a text out, doubles or overwrites them, once to four times. */
export function damagedText(dice: Dice, text: string): string {
  let copy = text;
  for (let count = 1 + dice.below(4); count > 0; count--) {
    const from = dice.below(copy.length + 1);
    const length = dice.below(dice.oneIn(3) ? 200 : 12);
    const way = dice.below(5);
    if (way === 0) copy = copy.slice(0, from) + copy.slice(from + length);
    else if (way === 1) copy = copy.slice(0, from) + copy.slice(Math.max(0, from - length));
    else if (way === 2) copy = copy.slice(0, from) + dice.pick(PIECES) + copy.slice(from);
    else if (way === 3) copy = copy.slice(0, from) + dice.pick(PIECES) + copy.slice(from + length);
    else if (dice.oneIn(3)) copy = copy.slice(0, from);
  }
  return copy;
}

/** Changes, cuts, doubles and inserts bytes, once to four times. */
export function damagedBytes(dice: Dice, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let copy = new Uint8Array(bytes);
  for (let count = 1 + dice.below(4); count > 0; count--) {
    const at = dice.below(copy.length + 1);
    const way = dice.below(6);
    if (way < 3) copy[at] = dice.pick([0, 1, 0x7f, 0x80, 0xff, dice.below(256)]);
    else if (way === 3) copy = copy.slice(0, at);
    else {
      const from = dice.below(copy.length + 1);
      const part = copy.slice(from, from + dice.below(40));
      const joined = new Uint8Array(copy.length + part.length);
      joined.set(copy.subarray(0, at));
      joined.set(part, at);
      joined.set(copy.subarray(at), at + part.length);
      copy = joined;
    }
  }
  return copy;
}
