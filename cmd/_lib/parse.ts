/**
 * Parses the words of a command line into command, flag values and arguments.
 *
 * Rules and error texts are those of the flag library that Helm 2 was built with, which `node:util`
 * `parseArgs` cannot follow; see `docs/decisions/command-line.md`.
 *
 * Source: Helm 2.17.0, `cmd/helm/helm.go` with cobra 0.0.5 and pflag 1.0.5.
 *
 * @module
 */
import type { CommandEntry, Flag, Flags, FlagType, FlagValue, FlagValues, Variables } from "./command.ts";
import { quote } from "../../engine/base/mod.ts";
import { programName } from "./program_name.ts";
import { type Mistake, UsageError } from "./usage_error.ts";
import { parseBool, parseInteger, secondsOf } from "./values.ts";

/** The value of any flag. */
export type AnyValue = FlagValue<FlagType>;

/** A parsed command line. */
export interface Parsed {
  readonly values: Readonly<Record<string, AnyValue>>;
  readonly args: readonly string[];
  readonly given: ReadonlySet<string>;
  /** Notes for stderr about deprecated flags that were used. */
  readonly notes: readonly string[];
}

/** Returns `-h`, which every command has. */
export function helpFlag(name: string): Flag<"bool"> {
  return { type: "bool", short: "h", usage: `help for ${name}` };
}

const usageError = (message: string, mistake: Mistake): UsageError => new UsageError(message, mistake);

/** True for a flag that never takes the next word. */
function standsAlone(flag: Flag | undefined): boolean {
  return flag !== undefined && (flag.type === "bool" || flag.bare !== undefined);
}

function byShort(flags: Flags, letter: string): [string, Flag] | undefined {
  // Those of the command come after global ones, and win.
  return Object.entries(flags).findLast(([, flag]) => flag.short === letter);
}

/** Returns the value of a flag that was not given. */
export function defaultValue(flag: Flag, variables: Variables): AnyValue {
  const { default: given } = flag;
  if (typeof given === "function") return given(variables);
  if (given !== undefined) return given;
  switch (flag.type) {
    case "bool":
      return false;
    case "int":
    case "int32":
    case "uint":
    case "uint32":
      return 0;
    case "stringArray":
    case "valueFiles":
      return [];
    default:
      return "";
  }
}

/** Parses one value; throws the problem in Go's words. */
function readValue(flag: Flag, text: string, before: AnyValue | undefined, isOwn: boolean): AnyValue {
  const seconds = isOwn && flag.seconds ? secondsOf(text) : undefined;
  if (seconds !== undefined) return seconds;
  const earlier = Array.isArray(before) ? before : [];
  switch (flag.type) {
    case "bool":
      return parseBool(text);
    case "int":
      return parseInteger(text, 64, true);
    case "int32":
      return parseInteger(text, 32, true);
    case "uint":
      return parseInteger(text, 64, false);
    case "uint32":
      return parseInteger(text, 32, false);
    case "stringArray":
      return [...earlier, text];
    case "valueFiles":
      return [...earlier, ...text.split(",")];
    default:
      return text;
  }
}

/** Flags that are read, and the values so far. */
interface Reading {
  readonly flags: Flags;
  /** True under skeg's own name, false under Helm's. */
  readonly isOwn: boolean;
  readonly into: Map<string, AnyValue>;
}

function setValue({ into, isOwn }: Reading, name: string, flag: Flag, text: string): void {
  const shown = flag.short === undefined ? `--${name}` : `-${flag.short}, --${name}`;
  const refuse = (reason: string) =>
    usageError(`invalid argument ${quote(text)} for ${quote(shown)} flag: ${reason}`, {
      type: "flag-value",
      flag: name,
      text,
    });
  let value: AnyValue;
  try {
    value = readValue(flag, text, into.get(name), isOwn);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const complaint = flag.check?.(value as never);
  if (complaint !== undefined) throw refuse(complaint);
  into.set(name, value);
}

/** Returns the text of a flag that is given without a value. */
function bareText(flag: Flag): string | undefined {
  return flag.type === "bool" ? "true" : flag.bare;
}

function parseLong(word: string, rest: string[], reading: Reading): void {
  const { flags } = reading;
  const body = word.slice(2);
  if (body === "" || body.startsWith("-") || body.startsWith("=")) {
    throw usageError(`bad flag syntax: ${word}`, { type: "unknown-flag", flag: body.replace(/^[-=]+/, "") });
  }
  const equals = body.indexOf("=");
  const name = equals < 0 ? body : body.slice(0, equals);
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (flag === undefined) throw usageError(`unknown flag: --${name}`, { type: "unknown-flag", flag: name });
  const text = equals >= 0 ? body.slice(equals + 1) : bareText(flag) ?? rest.shift();
  if (text === undefined) throw usageError(`flag needs an argument: ${word}`, { type: "flag-needs-value", flag: name });
  setValue(reading, name, flag, text);
}

function parseShort(word: string, rest: string[], reading: Reading): void {
  const { flags } = reading;
  let letters = word.slice(1);
  while (letters !== "") {
    const letter = letters.charAt(0);
    const found = byShort(flags, letter);
    if (found === undefined) {
      const mistake = { type: "unknown-shorthand", letter, word } as const;
      throw usageError(`unknown shorthand flag: ${quoteLetter(letters)} in -${letters}`, mistake);
    }
    const [name, flag] = found;
    const after = letters.slice(1);
    // `-n=` alone has nothing after the sign, so the sign itself is the value there.
    if (after.length > 1 && after.startsWith("=")) {
      return setValue(reading, name, flag, after.slice(1));
    }
    const bare = bareText(flag);
    if (bare !== undefined) {
      setValue(reading, name, flag, bare);
      letters = after;
      continue;
    }
    const text = after === "" ? rest.shift() : after;
    if (text === undefined) {
      throw usageError(`flag needs an argument: '${letter}' in -${letters}`, { type: "flag-needs-value", flag: name });
    }
    return setValue(reading, name, flag, text);
  }
}

/** Quotes the first byte as a character: Helm 2 reads bytes here. */
function quoteLetter(letters: string): string {
  const code = new TextEncoder().encode(letters)[0] ?? 0;
  const letter = String.fromCharCode(code);
  if (letter === "'" || letter === "\\") return `'\\${letter}'`;
  if (code < 0x20 || (code >= 0x7f && code < 0xa1)) return `'\\x${code.toString(16).padStart(2, "0")}'`;
  return `'${letter}'`;
}

/**
 * Parses `words` with `flags`: flags and arguments mix, `--` ends flags.
 *
 * Environment variables replace flags that are not given. Throws kind `usage` with the library's words.
 */
export function parseFlags(words: readonly string[], flags: Flags, variables: Variables): Parsed {
  const reading = readingOf(flags, variables);
  const { into: set } = reading;
  const args: string[] = [];
  readWords(words, reading, args);
  const notes = [...set.keys()].flatMap((name) => {
    const { deprecated } = flags[name] ?? {};
    return deprecated === undefined ? [] : [`Flag --${name} has been deprecated, ${deprecated}`];
  });
  return { values: fillIn(set, flags, variables), args, given: new Set(set.keys()), notes };
}

/**
 * Returns the values of `flags` on a command line, up to the first word that cannot be parsed.
 *
 * Helm 2: only up to there is `--home` used to find plugins.
 */
export function leadingValues<F extends Flags>(
  words: readonly string[],
  flags: F,
  variables: Variables,
): FlagValues<F> {
  const reading = readingOf(flags, variables);
  try {
    readWords(words, reading, []);
  } catch {
    // The command's own flags follow.
  }
  return valuesOf(flags, fillIn(reading.into, flags, variables));
}

function readingOf(flags: Flags, variables: Variables): Reading {
  const isOwn = programName(variables) === "skeg";
  const known = isOwn
    ? flags
    : Object.fromEntries(Object.entries(flags).filter(([, { helm3, own }]) => !helm3 && !own));
  return { flags: known, isOwn, into: new Map() };
}

function readWords(words: readonly string[], reading: Reading, args: string[]): void {
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      args.push(...rest);
      return;
    }
    if (word === "-" || !word.startsWith("-")) args.push(word);
    else if (word.startsWith("--")) parseLong(word, rest, reading);
    else parseShort(word, rest, reading);
  }
}

function fillIn(set: ReadonlyMap<string, AnyValue>, flags: Flags, variables: Variables): Record<string, AnyValue> {
  const values: Record<string, AnyValue> = {};
  for (const [name, flag] of Object.entries(flags)) {
    values[name] = set.get(name) ?? fromVariable(flag, variables) ?? defaultValue(flag, variables);
  }
  return values;
}

/** Returns the value of the flag's environment variable; an invalid value counts as not set. */
function fromVariable(flag: Flag, variables: Variables): AnyValue | undefined {
  const text = flag.variable === undefined ? undefined : variables(flag.variable);
  if (text === undefined) return undefined;
  try {
    return readValue(flag, text, undefined, false);
  } catch {
    return undefined;
  }
}

/**
 * Refuses invalid values of skeg's own environment variables. Helm 2 ignores invalid values of its variables, so those
 * are ignored here, too.
 *
 * @param given Flags on the command line: their variables are not used.
 */
export function checkVariables(flags: Flags, given: ReadonlySet<string>, variables: Variables): void {
  for (const [name, flag] of Object.entries(flags)) {
    const { variable } = flag;
    const text = variable === undefined || given.has(name) ? undefined : variables(variable);
    if (text === undefined || text === "" || !variable?.startsWith("SKEG_")) continue;
    const refuse = (reason: string) =>
      usageError(`invalid value ${quote(text)} of $${variable}: ${reason}`, {
        type: "flag-value",
        flag: name,
        text,
        variable,
      });
    let value: AnyValue;
    try {
      value = readValue(flag, text, undefined, true);
    } catch (error) {
      throw refuse(error instanceof Error ? error.message : String(error));
    }
    const complaint = flag.check?.(value as never);
    if (complaint !== undefined) throw refuse(complaint);
  }
}

/** Picks the values of `flags` from parsed values. */
export function valuesOf<F extends Flags>(flags: F, values: Readonly<Record<string, AnyValue>>): FlagValues<F> {
  const own: Record<string, AnyValue> = {};
  for (const name of Object.keys(flags)) {
    const value = values[name];
    if (value !== undefined) own[name] = value;
  }
  return own as FlagValues<F>;
}

/** A command and its path, which begins with the root. */
export interface FoundCommand {
  readonly path: readonly CommandEntry[];
  /** Words without the names of commands. */
  readonly words: readonly string[];
}

/**
 * Finds the command that `words` name. `known` holds the flags that are known before it is loaded: the global
 * ones.
 */
export function findCommand(root: CommandEntry, words: readonly string[], known: Flags): FoundCommand {
  const path = [root];
  let rest = words;
  for (let current = root;;) {
    const [first, second] = plainWords(rest, known);
    const named = (word: string | undefined): CommandEntry | undefined =>
      current.children?.find((child) => word !== undefined && isNamed(child, word));
    const isSecond = named(first) === undefined && current.takesSubjectFirst === true && named(second) !== undefined;
    const name = isSecond ? second : first;
    const next = named(name);
    if (next === undefined || name === undefined) return { path, words: rest };
    const at = rest.indexOf(name);
    // Helm 2: a flag that is not known yet takes `--` for its value. In commands of our own, `--` always ends flags and commands.
    const isArgument = path.some(({ own }) => own) && rest.slice(0, at).includes("--");
    if (isArgument) return { path, words: rest };
    rest = rest.toSpliced(at, 1);
    path.push(next);
    current = next;
  }
}

/** True if `word` is the command's name or one of its aliases. */
export function isNamed(entry: CommandEntry, word: string): boolean {
  return entry.name === word || (entry.aliases?.includes(word) ?? false);
}

/**
 * Returns the words that are neither flags nor, according to `known`, their values.
 *
 * Helm 2: a flag that is not known yet is assumed to have a value, and a flag that needs a value and has at
 * most one word after it ends the search.
 */
export function plainWords(words: readonly string[], known: Flags): string[] {
  const plain: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") break;
    const takesNext = !word.includes("=") &&
      (word.startsWith("--")
        ? !standsAlone(known[word.slice(2)])
        : word.startsWith("-") && word.length === 2 && !standsAlone(byShort(known, word.slice(1))?.[1]));
    if (takesNext) {
      if (rest.length <= 1) break;
      rest.shift();
    } else if (word !== "" && !word.startsWith("-")) plain.push(word);
  }
  return plain;
}
