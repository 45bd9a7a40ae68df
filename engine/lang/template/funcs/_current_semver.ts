/**
 * `semver` and `semverCompare` as Helm 3 has them: other rules for pre-releases, and versions with more methods.
 *
 * Source: sprig 3.3.0, `semver.go`; Masterminds/semver 3.5.0.
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import { goInt, type Method, quote } from "../../golang/mod.ts";
import {
  compareVersions,
  formatVersion,
  incrementVersion,
  parseVersion,
  satisfiesCurrent,
  type Version,
  type VersionPart,
  withMetadata,
  withPrerelease,
} from "../../semver/mod.ts";
import { define } from "./_define.ts";
import { FuncError, type FuncTable } from "./func.ts";
import { VersionPointer, VersionStruct } from "./semver.ts";

/** Runs `body`; errors about versions are in the words of semver 3. */
function attempt<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    if (error.message === "Invalid Semantic Version") throw new FuncError("invalid semantic version");
    const [, constraint] = /^improper constraint: (.*)$/s.exec(error.message) ?? [];
    throw new FuncError(constraint === undefined ? error.message : `improper constraint: ${quote(constraint)}`);
  }
}

const method = (call: Method["call"], params: readonly string[] = []): Method => ({ params, call });

/** Numbers are unsigned since version 3 of semver. */
const PARTS: Readonly<Record<string, VersionPart>> = { Major: "major", Minor: "minor", Patch: "patch" };

/** Returns a method that pointers and plain structs have. */
function sharedMethod(version: Version, name: string): Method | undefined {
  const part = PARTS[name];
  if (part !== undefined) return method(() => goInt(version[part], "uint64"));
  if (name === "SetMetadata" || name === "SetPrerelease") {
    const change = name === "SetMetadata" ? withMetadata : withPrerelease;
    return method(([text]) => new CurrentVersion(attempt(() => change(version, `${text}`))), ["string"]);
  }
  const raised = PARTS[name.replace(/^Inc/, "")];
  return raised === undefined ? undefined : method(() => new CurrentVersion(incrementVersion(version, raised)));
}

/** Go's `semver.Version`: prints as a version, and has getters. */
class CurrentVersion extends VersionStruct {
  override method(name: string): Method | undefined {
    const { version } = this;
    switch (name) {
      case "String":
        return method(() => formatVersion(version));
      case "Prerelease":
        return method(() => version.prerelease);
      case "Metadata":
        return method(() => version.metadata);
    }
    return sharedMethod(version, name) ?? super.method(name);
  }

  override text(): string {
    return formatVersion(this.version);
  }

  override json(): string {
    return formatVersion(this.version);
  }
}

/** Go's `*semver.Version`. */
class CurrentPointer extends VersionPointer {
  override method(name: string): Method | undefined {
    if (name !== "LessThanEqual" && name !== "GreaterThanEqual") {
      return sharedMethod(this.version, name) ?? super.method(name);
    }
    return method(([other]) => {
      if (!(other instanceof VersionPointer)) {
        throw new FuncError("runtime error: invalid memory address or nil pointer dereference");
      }
      const order = compareVersions(this.version, other.version);
      return name === "LessThanEqual" ? order <= 0 : order >= 0;
    }, ["*semver.Version"]);
  }
}

/** The functions by name. */
export const currentSemver: FuncTable = {
  semver: define(["string"], (version) => attempt(() => new CurrentPointer(parseVersion(version)))),
  semverCompare: define(
    ["string", "string"],
    (constraint, version) => attempt(() => satisfiesCurrent(constraint, version)),
  ),
};
