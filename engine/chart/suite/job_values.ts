/**
 * The user's values of one job: files, then the suite's `set`, then the job's.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/test_job.go` (`getUserValues`).
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { type GoMap, isMap, newMap } from "../../lang/golang/mod.ts";
import { encodeYaml } from "../../lang/yaml/mod.ts";
import { parseValues } from "../values/mod.ts";
import type { Job, SetEntry, Suite } from "./model.ts";
import { parseSetPath, valueAtPath } from "./set_path.ts";

/** Returns the text of a values file that a suite names. */
export type ReadValues = (path: string, suite: Suite) => string;

/** The user's values of a job. */
export interface JobConfig {
  /** As YAML, as `helm` would send it for the top chart. */
  readonly text: string;
  /** The same as a map; integers may be `Int`. */
  readonly values: GoMap;
}

/**
 * Returns the config of a job.
 *
 * @throws SkegError of kind `values`, `yaml` or `io`.
 */
export function jobConfig(suite: Suite, job: Job, read: ReadValues): JobConfig {
  const charts = suite.route.split("/").filter((_, at) => at % 2 === 0);
  const scoped = (values: GoMap) => scopedValues(charts, values);
  const base = newMap();
  for (const path of [...suite.values, ...job.values]) {
    mergeOver(base, scoped(parseFile(path, read(path, suite))));
  }
  for (const { path, value } of [...suite.set, ...job.set]) mergeOver(base, scoped(valueAtPath(path, copied(value))));
  return { text: encodeYaml(base), values: base };
}

function parseFile(path: string, text: string): GoMap {
  try {
    return parseValues(text, "map[string]interface {}");
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError("values", `failed to parse ${path}: ${error.message}`, { cause: error });
  }
}

/** Merging changes maps in place, and a suite's values belong to all of its jobs. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied);
  if (!isMap(value)) return value;
  const copy = newMap();
  for (const key of Object.keys(value)) copy[key] = copied(value[key]);
  return copy;
}

/** Puts the values of a subchart's suite where the top chart has them; `global` stays on top. */
function scopedValues(charts: readonly string[], values: GoMap): GoMap {
  let scoped = values;
  for (const name of charts.slice(1).reverse()) {
    const outer = newMap();
    if ("global" in scoped) outer["global"] = scoped["global"];
    outer[name] = scoped;
    scoped = outer;
  }
  return scoped;
}

/** Merges `over` into `base`, in place; lists and scalars of `over` replace. */
function mergeOver(base: GoMap, over: GoMap): void {
  for (const key of Object.keys(over)) {
    const [old, value] = [base[key], over[key]];
    if (isMap(old) && isMap(value)) mergeOver(old as GoMap, value as GoMap);
    else base[key] = value;
  }
}

/** Returns notes about keys of one `set` that overlap: upstream applies them in random order. */
export function overlapNotes(set: readonly SetEntry[]): string[] {
  const notes: string[] = [];
  const paths = set.map(({ path }) => ({ path, parts: parts(path) }));
  for (const [at, later] of paths.entries()) {
    for (const earlier of paths.slice(0, at)) {
      const length = Math.min(earlier.parts.length, later.parts.length);
      if (length === 0 || earlier.parts.slice(0, length).some((part, i) => part !== later.parts[i])) continue;
      notes.push(`set: ${later.path} overlaps ${earlier.path}; the later one is applied last`);
    }
  }
  return notes;
}

function parts(path: string): (string | number)[] {
  try {
    return parseSetPath(path);
  } catch (error) {
    if (error instanceof SkegError) return [];
    throw error;
  }
}
