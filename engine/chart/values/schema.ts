/**
 * Checks values against `values.schema.json`, which charts shared with Helm 3 have. Helm 2 does not know that file.
 *
 * @module
 */
import type { OutputUnit, SchemaDraft } from "npm:@cfworker/json-schema@4.1.6";
import { SkegError } from "../../../errors.ts";
import type { Chart, Values } from "../../model/mod.ts";
import { fromBytes, type GoMap, isMap } from "../../lang/golang/mod.ts";
import { yamlLines } from "../../lang/yaml/mod.ts";
import { coalesceValues } from "./coalesce.ts";
import { copyValues, parseValues } from "./parse.ts";

/** Name of the file. */
export const SCHEMA_FILE = "values.schema.json";

/** One value that does not fit its schema. */
export interface SchemaFailure {
  /** The chart whose schema it is, such as `web` or `web/charts/db`. */
  readonly chart: string;
  /** The value, such as `image.tag`; `(root)` for all values. */
  readonly path: string;
  /** The rule that it breaks. */
  readonly message: string;
  /** Line of the value in the chart's `values.yaml`; `undefined` when the user gave it, or when it is missing. */
  readonly line?: number | undefined;
}

/** True if a chart or one of its subcharts has a schema. */
export function hasSchema(chart: Chart): boolean {
  return chart.files.some(({ path }) => path === SCHEMA_FILE) || chart.dependencies.some(hasSchema);
}

/**
 * Returns the values of a chart and its subcharts that do not fit the schemas of these charts.
 *
 * @param chart With its requirements processed.
 * @param config The user's config.
 * @param values All values, as another engine computes them; absent: those of Helm 2.
 * @throws SkegError of kind `chart` when a schema cannot be used.
 */
export async function schemaFailures(
  chart: Chart,
  config: Values | string,
  values?: Values,
): Promise<SchemaFailure[]> {
  if (!hasSchema(chart)) return [];
  const { Validator } = await import("npm:@cfworker/json-schema@4.1.6");
  const given = typeof config === "string" ? parseValues(config) : copyValues(config);
  const failures: SchemaFailure[] = [];
  const visit = (current: Chart, values: GoMap, user: unknown, route: string): void => {
    const file = current.files.find(({ path }) => path === SCHEMA_FILE);
    if (file !== undefined) {
      const { schema, draft } = readSchema(fromBytes(file.data), route);
      const units = check(() => new Validator(schema, draft, false).validate(plainData(values)).errors, route);
      failures.push(...failuresOf(units, current, user, route));
    }
    for (const child of current.dependencies) {
      const { name } = child.metadata;
      const below = values[name];
      if (isMap(below)) visit(child, below as GoMap, isMap(user) ? user[name] : undefined, `${route}/charts/${name}`);
    }
  };
  const all = values ?? coalesceValues(chart, given, () => {}, "read");
  visit(chart, all as GoMap, given, chart.metadata.name);
  return failures;
}

/**
 * Loads the validator, and returns the function that compares a value with a schema: it returns a line for each part that does not
 * fit, such as `spec.ports.0: …`, and throws a SkegError of kind `chart` for a schema that cannot be used.
 */
export async function schemaChecker(): Promise<(schema: string, value: unknown) => string[]> {
  const { Validator } = await import("npm:@cfworker/json-schema@4.1.6");
  return (text, value) => {
    const { schema, draft } = readSchema(text, "");
    const units = check(() => new Validator(schema, draft, false).validate(plainData(value)).errors, "");
    return problemsOf(units).map(({ parts, error }) => `${parts.join(".") || "(root)"}: ${error}`);
  };
}

/**
 * Throws when values do not fit; the message begins as Helm 3's. The parameters are those of {@linkcode schemaFailures}.
 *
 * @throws SkegError of kind `values`.
 */
export async function checkSchemas(chart: Chart, config: Values | string, values?: Values): Promise<void> {
  const failures = await schemaFailures(chart, config, values);
  if (failures.length === 0) return;
  const charts = new Map<string, string[]>();
  for (const failure of failures) {
    const lines = charts.get(failure.chart) ?? [];
    charts.set(failure.chart, [...lines, `- ${schemaFailureText(failure)}`]);
  }
  const text = [...charts].map(([name, lines]) => `${name.slice(name.lastIndexOf("/") + 1)}:\n${lines.join("\n")}\n`);
  throw new SkegError(
    "values",
    `values don't meet the specifications of the schema(s) in the following chart(s):\n${text.join("")}`.trimEnd(),
  );
}

/** Returns one line about a value that does not fit. */
export function schemaFailureText({ path, message, line }: SchemaFailure): string {
  return `${path}: ${message}${line === undefined ? "" : ` (values.yaml:${line})`}`;
}

const DRAFTS: readonly (readonly [RegExp, SchemaDraft])[] = [
  [/draft-04/, "4"],
  [/2019-09/, "2019-09"],
  [/2020-12/, "2020-12"],
];

function readSchema(text: string, route: string): { schema: object; draft: SchemaDraft } {
  const schema = check((): unknown => JSON.parse(text.replace(/^\ufeff/, "")), route);
  if (typeof schema !== "object" || schema === null) {
    throw new SkegError("chart", `${placeOf(route)} is not an object`);
  }
  const named = `${(schema as { $schema?: unknown }).$schema ?? ""}`;
  return { schema, draft: DRAFTS.find(([pattern]) => pattern.test(named))?.[1] ?? "7" };
}

/** Names a schema: that of a chart, or of an assert. */
function placeOf(route: string): string {
  return route === "" ? "the schema" : `${SCHEMA_FILE} of chart ${route}`;
}

/** Runs a step; its error names the chart. References to other places are not followed. */
function check<T>(work: () => T, route: string): T {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : `${error}`;
    const isReference = `${reason}`.includes("$ref");
    throw new SkegError("chart", `${placeOf(route)} cannot be used: ${reason}`, {
      cause: error,
      hint: isReference ? "put the referenced schema into the file: other files and addresses are not read" : undefined,
    });
  }
}

/** Returns values as plain objects, without types of Go. */
function plainData(values: unknown): unknown {
  return JSON.parse(JSON.stringify(values));
}

/** Keywords whose failure only says that something inside failed. */
const OUTER = new Set(
  "properties patternProperties items prefixItems additionalItems $ref $recursiveRef $dynamicRef allOf if then else dependentSchemas"
    .split(" "),
);

function failuresOf(units: readonly OutputUnit[], chart: Chart, user: unknown, route: string): SchemaFailure[] {
  const lines = yamlLines(chart.values?.raw ?? "");
  return problemsOf(units).map(({ parts, error }) => {
    const isUsers = parts.length > 0 && hasPath(user, parts);
    const path = parts.length === 0 ? "(root)" : parts.join(".");
    return { chart: route, path, message: error, line: isUsers ? undefined : lines(parts) };
  });
}

/** Returns the parts that do not fit, each once, without failures that only say that something inside failed. */
function problemsOf(units: readonly OutputUnit[]): { parts: string[]; error: string }[] {
  const seen = new Set<string>();
  return units.filter(({ keyword }) => !OUTER.has(keyword)).flatMap(({ instanceLocation, error, keyword }) => {
    // The reason why a value is not allowed at all is reported at the value, not as `false` below it.
    if (keyword === "false") return [];
    const parts = instanceLocation.split("/").slice(1)
      .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"));
    const text = `${parts.join(".")}\n${error}`;
    if (seen.has(text)) return [];
    seen.add(text);
    return [{ parts, error }];
  });
}

function hasPath(value: unknown, parts: readonly string[]): boolean {
  let current = value;
  for (const part of parts) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, part)) return false;
    current = (current as Record<string, unknown>)[part];
  }
  return true;
}
