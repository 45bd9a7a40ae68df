/**
 * Template functions about versions. Exports `semverFuncs`.
 *
 * Answers to sprig 2.22.0, `semver.go`. `semver` gives Go's `*semver.Version`,
 * whose methods templates can call.
 *
 * @module
 */

import { SkegError } from "../../../../errors.ts";
import {
  bytesOf,
  type Field,
  fromBytes,
  GoError,
  goInt,
  type Method,
  NO_ERROR,
  Slice,
  Struct,
} from "../../golang/mod.ts";
import {
  compareVersions,
  formatVersion,
  incrementVersion,
  parseConstraint,
  parseVersion,
  type Version,
  withMetadata,
  withPrerelease,
} from "../../semver/mod.ts";
import { decodeJson } from "../../yaml/mod.ts";
import { define } from "./_define.ts";
import { FuncError, type FuncTable } from "./func.ts";

/** Errors of versions become errors of template functions; the words stay. */
function attempt<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof SkegError) throw new FuncError(error.message);
    throw error;
  }
}

type Body = (version: Version, args: unknown[]) => unknown;

function other(args: unknown[]): Version {
  const [value] = args;
  if (value instanceof VersionPointer) return value.version;
  throw new FuncError("runtime error: invalid memory address or nil pointer dereference");
}

function text(args: unknown[]): string {
  return typeof args[0] === "string" ? args[0] : "";
}

/** Methods that both the pointer and the plain struct have. */
const SHARED_METHODS: Readonly<Record<string, [params: string[], body: Body]>> = {
  IncMajor: [[], (version) => new VersionStruct(incrementVersion(version, "major"))],
  IncMinor: [[], (version) => new VersionStruct(incrementVersion(version, "minor"))],
  IncPatch: [[], (version) => new VersionStruct(incrementVersion(version, "patch"))],
  SetPrerelease: [["string"], (version, args) => new VersionStruct(attempt(() => withPrerelease(version, text(args))))],
  SetMetadata: [["string"], (version, args) => new VersionStruct(attempt(() => withMetadata(version, text(args))))],
};

/** Methods of the pointer alone. */
const POINTER_METHODS: Readonly<Record<string, [params: string[], body: Body]>> = {
  ...SHARED_METHODS,
  String: [[], formatVersion],
  Original: [[], (version) => version.original],
  Major: [[], (version) => goInt(version.major, "int64")],
  Minor: [[], (version) => goInt(version.minor, "int64")],
  Patch: [[], (version) => goInt(version.patch, "int64")],
  MarshalJSON: [[], (version) => jsonBytes(version)],
  UnmarshalJSON: [["[]uint8"], (version, args) => readJson(version, args)],
  Prerelease: [[], (version) => version.prerelease],
  Metadata: [[], (version) => version.metadata],
  Compare: [["*semver.Version"], (version, args) => goInt(compareVersions(version, other(args)))],
  Equal: [["*semver.Version"], (version, args) => compareVersions(version, other(args)) === 0],
  LessThan: [["*semver.Version"], (version, args) => compareVersions(version, other(args)) < 0],
  GreaterThan: [["*semver.Version"], (version, args) => compareVersions(version, other(args)) > 0],
};

/** Returns the message of the error that decoding `text` as JSON gives; `undefined` if it is valid. */
function jsonFault(text: string): string | undefined {
  try {
    decodeJson(text);
    return undefined;
  } catch (error) {
    if (error instanceof SkegError) return error.message;
    throw error;
  }
}

/** Go's `*json.SyntaxError`: it knows how many bytes were read when the mistake was seen. */
function syntaxError(data: Uint8Array, message: string): GoError {
  let [low, high] = [0, data.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (jsonFault(fromBytes(data.subarray(0, middle))) === message) high = middle;
    else low = middle + 1;
  }
  const offset = message === "unexpected end of JSON input" ? data.length : low;
  return new GoError("*json.SyntaxError", message, [
    { name: "msg", value: message },
    { name: "Offset", value: goInt(offset, "int64") },
  ]);
}

/** Go's type of strings, of which nothing can be seen in JSON. */
class StringType extends Struct {
  readonly goType = "*reflect.rtype";

  override get kind(): "ptr" {
    return "ptr";
  }

  override text(): string {
    return "string";
  }
}

/** Go's `*json.UnmarshalTypeError` for JSON that is no string. */
function typeError(source: string, value: unknown): GoError {
  const isList = Array.isArray(value);
  const kind = isList ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  const start = source.length - source.trimStart().length;
  const read = isList || kind === "object" ? start + 1 : source.trimEnd().length;
  return new GoError("*json.UnmarshalTypeError", `json: cannot unmarshal ${kind} into Go value of type string`, [
    { name: "Value", value: kind },
    { name: "Type", value: new StringType() },
    { name: "Offset", value: goInt(read, "int64") },
    { name: "Struct", value: "" },
    { name: "Field", value: "" },
  ]);
}

/** Reads a version's JSON: the error is the result, and a version that could be read takes the place of the old one. */
function readJson(version: Version, [data]: unknown[]): GoError {
  const bytes = data instanceof Slice ? bytesOf(data) : new Uint8Array();
  const source = fromBytes(bytes);
  const fault = jsonFault(source);
  if (fault !== undefined) return syntaxError(bytes, fault);
  const value = decodeJson(source);
  if (value !== null && typeof value !== "string") return typeError(source, value);
  try {
    Object.assign(version, parseVersion(value ?? ""));
    return NO_ERROR;
  } catch (error) {
    if (error instanceof SkegError) return new GoError("*errors.errorString", error.message);
    throw error;
  }
}

function jsonBytes(version: Version): Slice {
  return new Slice("uint8", Array.from(`"${formatVersion(version)}"`, (char) => goInt(char.charCodeAt(0), "uint8")));
}

function bind(methods: typeof SHARED_METHODS, name: string, version: Version): Method | undefined {
  if (!Object.hasOwn(methods, name)) return undefined;
  const [params, body] = methods[name] ?? [[], () => null];
  return { params, call: (args) => body(version, args) };
}

/** Go's `semver.Version`, as its setters return it: prints as a struct, and has no getters. */
export class VersionStruct extends Struct {
  override readonly goType: string = "semver.Version";
  readonly version: Version;

  constructor(version: Version) {
    super();
    this.version = version;
  }

  override fields(): readonly Field[] {
    const { major, minor, patch, prerelease, metadata, original } = this.version;
    return [
      { name: "major", value: goInt(major, "int64") },
      { name: "minor", value: goInt(minor, "int64") },
      { name: "patch", value: goInt(patch, "int64") },
      { name: "pre", value: prerelease },
      { name: "metadata", value: metadata },
      { name: "original", value: original },
    ];
  }

  override method(name: string): Method | undefined {
    return bind(SHARED_METHODS, name, this.version);
  }

  /** Helm 2: what is not exported gets lost in a deep copy, and nothing here is. */
  deepCopied(): VersionStruct {
    return new VersionStruct(NOTHING);
  }
}

const NOTHING: Version = { major: 0n, minor: 0n, patch: 0n, prerelease: "", metadata: "", original: "" };

/** Go's `*semver.Version`: prints as a version. */
export class VersionPointer extends VersionStruct {
  override readonly goType: string = "*semver.Version";

  override get kind(): "ptr" {
    return "ptr";
  }

  override deepCopied(): VersionPointer {
    return new VersionPointer(NOTHING);
  }

  override method(name: string): Method | undefined {
    return bind(POINTER_METHODS, name, this.version);
  }

  override text(): string {
    return formatVersion(this.version);
  }

  override json(): string {
    return formatVersion(this.version);
  }
}

/** Functions about versions, by name. */
export const semverFuncs: FuncTable = {
  semver: define(["string"], (version) => attempt(() => new VersionPointer(parseVersion(version)))),
  semverCompare: define(
    ["string", "string"],
    (constraint, version) => attempt(() => parseConstraint(constraint).check(parseVersion(version))),
  ),
};
