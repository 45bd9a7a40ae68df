/**
 * `requirements.lock`: the versions that were chosen for requirements.yaml.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/requirements.go`, `pkg/resolver/resolver.go`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { SkegError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import { LOCK_FILE, type Requirement, type Requirements } from "../load/mod.ts";
import { decodeStruct, encodeJson, encodeYaml, STRING } from "../../lang/yaml/mod.ts";
import { decodeTime, NO_TIME } from "./time.ts";

/** One chart with its chosen version. */
export interface LockedRequirement {
  /** Its name. */
  readonly name: string;
  /** Address of its repository; empty when it is kept in `charts/`. */
  readonly repository: string;
  /** Its version. */
  readonly version: string;
}

/** The complete file. */
export interface RequirementsLock {
  /** Creation time, RFC 3339. */
  readonly generated: string;
  /** Digest of the list that it was made from. */
  readonly digest: string;
  /** Charts in the order of the list. */
  readonly dependencies: readonly LockedRequirement[];
}

const LOCKED = {
  kind: "struct",
  type: "chartutil.Dependency",
  pointer: true,
  fields: { name: STRING, version: STRING, repository: STRING },
} as const;

const LOCK = {
  kind: "struct",
  type: "chartutil.RequirementsLock",
  fields: {
    generated: { kind: "custom", decode: decodeTime },
    digest: STRING,
    dependencies: { kind: "list", type: "[]*chartutil.Dependency", item: LOCKED },
  },
} as const;

/** Returns a chart's lock; `undefined` when it is missing or unreadable. */
export function loadLock(chart: Chart): RequirementsLock | undefined {
  const file = chart.files.findLast(({ path }) => path === LOCK_FILE);
  if (file === undefined || file.data.length === 0) return undefined;
  try {
    const { generated = NO_TIME, digest = "", dependencies } =
      decodeStruct(new TextDecoder().decode(file.data), LOCK) ??
        {};
    const list = (dependencies ?? []).filter((entry) => entry !== null);
    return {
      generated,
      digest,
      dependencies: list.map(({ name = "", repository = "", version = "" }) => ({ name, repository, version })),
    };
  } catch (error) {
    if (error instanceof SkegError) return undefined;
    throw error;
  }
}

/** Returns the text of a lock. */
export function encodeLock({ generated, digest, dependencies }: RequirementsLock): string {
  return encodeYaml({
    dependencies: dependencies.map(({ name, repository, version }) => ({
      name,
      repository,
      ...version === "" ? {} : { version },
    })),
    digest,
    generated,
  });
}

/** Returns the digest of a list as written, before names of repositories are resolved. */
export function requirementsDigest({ dependencies }: Requirements): string {
  const list = dependencies === undefined ? "null" : `[${dependencies.map(requirementJson).join(",")}]`;
  return `sha256:${createHash("sha256").update(`{"dependencies":${list}}`).digest("hex")}`;
}

function requirementJson(entry: Requirement): string {
  const { name, version, repository, condition, tags, enabled, importValues, alias } = entry;
  const fields: readonly (readonly [string, unknown, boolean])[] = [
    ["name", name, true],
    ["version", version, version !== ""],
    ["repository", repository, true],
    ["condition", condition, condition !== ""],
    ["tags", tags, tags.length > 0],
    ["enabled", enabled, enabled],
    ["import-values", importValues, importValues.length > 0],
    ["alias", alias, alias !== ""],
  ];
  const kept = fields.filter(([, , isKept]) => isKept);
  return `{${kept.map(([key, value]) => `"${key}":${encodeJson(value)}`).join(",")}}`;
}
