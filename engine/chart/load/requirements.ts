/**
 * `requirements.yaml`: the subcharts that a chart needs, and a check that it has them.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/requirements.go`, `pkg/renderutil/deps.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import { fromBytes } from "../../lang/golang/mod.ts";
import { ANY, BOOL, type DecodedValue, decodeStruct, STRING, STRING_LIST } from "../../lang/yaml/mod.ts";

/** The file's name. */
export const REQUIREMENTS_FILE = "requirements.yaml";

/** The lock file's name. */
export const LOCK_FILE = "requirements.lock";

/** One entry of the list. Absent and empty are the same. */
export interface Requirement {
  /** `name` of the subchart's Chart.yaml. */
  readonly name: string;
  /** A range; without one the entry matches no chart. */
  readonly version: string;
  /** Repository of the subchart; empty when it is kept in `charts/`. */
  readonly repository: string;
  /** Comma-separated paths of values. */
  readonly condition: string;
  /** Keys in the table `tags` of the values. */
  readonly tags: readonly string[];
  /** As written; has no effect. */
  readonly enabled: boolean;
  /** Strings, or maps with `child` and `parent`. */
  readonly importValues: readonly unknown[];
  /** The name that replaces the subchart's own name. */
  readonly alias: string;
}

/** The content of a requirements.yaml. */
export interface Requirements {
  /** `undefined` when the file has no such key: the lock's digest distinguishes that from an empty list. */
  readonly dependencies: readonly Requirement[] | undefined;
}

const REQUIREMENT = {
  kind: "struct",
  type: "chartutil.Dependency",
  pointer: true,
  fields: {
    name: STRING,
    version: STRING,
    repository: STRING,
    condition: STRING,
    tags: STRING_LIST,
    enabled: BOOL,
    "import-values": { kind: "list", type: "[]interface {}", item: ANY },
    alias: STRING,
  },
} as const;

const REQUIREMENTS = {
  kind: "struct",
  type: "chartutil.Requirements",
  fields: { dependencies: { kind: "list", type: "[]*chartutil.Dependency", item: REQUIREMENT } },
} as const;

/**
 * Returns a chart's requirements; `undefined` when its requirements.yaml is missing or empty.
 *
 * @throws kind `yaml` with the messages of Go's library; kind `chart` for an entry that is null.
 */
export function loadRequirements(chart: Chart): Requirements | undefined {
  const file = chart.files.findLast((other) => other.path === REQUIREMENTS_FILE);
  return file === undefined || file.data.length === 0 ? undefined : decodeRequirements(fromBytes(file.data));
}

/** Reads the text of a requirements.yaml. */
export function decodeRequirements(text: string): Requirements {
  const list: readonly (Fields | null)[] | undefined = decodeStruct(text, REQUIREMENTS)?.dependencies;
  return { dependencies: list?.map(toRequirement) };
}

type Fields = DecodedValue<typeof REQUIREMENT>;

function toRequirement(fields: Fields | null, index: number): Requirement {
  // Helm 2 crashes on such an entry.
  if (fields === null) throw new SkegError("chart", `${REQUIREMENTS_FILE}: entry ${index + 1} is empty`);
  const { name = "", version = "", repository = "", condition = "", alias = "", tags = [], enabled = false } = fields;
  return { name, version, repository, condition, tags, enabled, importValues: fields["import-values"] ?? [], alias };
}

/**
 * Returns the names of listed charts that the chart does not contain. Versions
 * are not compared.
 *
 * @throws when the list cannot be parsed, with Helm's message.
 */
export function missingRequirements(chart: Chart): readonly string[] {
  const names = new Set(chart.dependencies.map((subchart) => subchart.metadata.name));
  return requirementsOrFail(chart).filter((entry) => !names.has(entry.name)).map((entry) => entry.name);
}

/**
 * Throws unless the chart contains every listed chart. Versions are not
 * compared. A chart without a list passes.
 *
 * @throws kind `chart`, with Helm's message.
 */
export function checkRequirements(chart: Chart): void {
  const missing = missingRequirements(chart);
  if (missing.length === 0) return;
  throw new SkegError(
    "chart",
    `found in requirements.yaml, but missing in charts/ directory: ${missing.join(", ")}`,
  );
}

function requirementsOrFail(chart: Chart): readonly Requirement[] {
  try {
    return loadRequirements(chart)?.dependencies ?? [];
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError(error.kind, `cannot load requirements: ${error.message}`, { cause: error });
  }
}
