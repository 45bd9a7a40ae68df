/**
 * The stored snapshots of one file: a YAML map of job name → running number → text.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/snapshot/cache.go`.
 *
 * @module
 */
import { SkegError, YamlError } from "../../../errors.ts";
import { compileRegexp, isMap } from "../../lang/golang/mod.ts";
import { decodeCurrentYaml, encodeCurrentYaml } from "../../lang/yaml/mod.ts";
import type { SnapshotComparison, SnapshotPatterns } from "./asserts/check.ts";
import { deepEqual, yamlOf } from "./equal.ts";
import type { SnapshotCounts } from "./model.ts";

/** How snapshots are kept. */
export interface SnapshotMode {
  /** Replaces stored texts that differ, and removes those that are no longer used. */
  readonly update?: boolean | undefined;
  /** Writes nothing; a snapshot that is not stored is a failure. */
  readonly ci?: boolean | undefined;
}

type Texts = Map<string, Map<number, string>>;

/** Snapshots of one file, shared by all suites that use it. */
export class SnapshotFile {
  readonly #stored: Texts;
  readonly #current: Texts = new Map();
  readonly #mode: SnapshotMode;
  #updated = 0;
  #created = 0;
  #total = 0;

  /**
   * Reads the stored texts.
   *
   * @param text The file's text; `undefined` when there is none.
   * @throws YamlError when it is not such a file.
   */
  constructor(text: string | undefined, mode: SnapshotMode = {}) {
    this.#stored = readTexts(text);
    this.#mode = mode;
  }

  /** Compares a value with the stored text of a job. */
  compare(job: string, index: number, content: unknown, patterns: SnapshotPatterns = {}): SnapshotComparison {
    const text = yamlOf(content);
    const known = this.#stored.get(job)?.get(index);
    const { update = false, ci = false } = this.#mode;
    this.#total++;
    const byPattern = patterns.matches !== undefined || patterns.notMatches !== undefined;
    let message = byPattern ? patternProblem(text, patterns) : "";
    let isSame = message === "";
    if (known === undefined && ci) {
      message = ` to match snapshot ${index}, which is not stored, and --ci writes none`;
      isSame = false;
      this.#updated++;
    } else if (known === undefined) this.#created++;
    else if (!byPattern && known !== text) {
      // A text that reads as the same data differs only by who wrote it.
      isSame = readsTheSame(known, text);
      if (!isSame) this.#updated++;
      else if (update) this.#rewritten = true;
    }
    if (!(known === undefined && ci)) put(this.#current, job, index, update ? text : known ?? text);
    return { passed: update || isSame, index, text, stored: known ?? "", message };
  }

  #rewritten = false;

  /** Returns the numbers so far. */
  counts(): SnapshotCounts {
    return {
      total: this.#total,
      failed: this.#mode.update ? 0 : this.#updated,
      created: this.#created,
      vanished: this.#vanished().length,
    };
  }

  #vanished(): [string, number][] {
    return [...this.#stored].flatMap(([job, texts]) =>
      [...texts.keys()].filter((index) => !this.#current.get(job)?.has(index)).map((index): [string, number] => [
        job,
        index,
      ])
    );
  }

  /**
   * Returns the text to write, or `undefined` when the file stays as it is.
   *
   * @param isPartial True if some jobs did not run, so that their texts are kept even when updating.
   */
  result(isPartial = false): string | undefined {
    const { update = false, ci = false } = this.#mode;
    if (ci) return undefined;
    const vanished = this.#vanished();
    const removes = update && !isPartial;
    const changed = this.#created > 0 || update && (this.#updated > 0 || this.#rewritten) ||
      removes && vanished.length > 0;
    if (!changed) return undefined;
    const texts: Texts = new Map([...this.#current].map(([job, of]) => [job, new Map(of)]));
    if (!removes) {
      for (const [job, index] of vanished) {
        put(texts, job, index, this.#stored.get(job)?.get(index) ?? "");
      }
    }
    return writeTexts(texts);
  }
}

function put(texts: Texts, job: string, index: number, text: string): void {
  const known = texts.get(job);
  if (known === undefined) texts.set(job, new Map([[index, text]]));
  else known.set(index, text);
}

function readTexts(text: string | undefined): Texts {
  const texts: Texts = new Map();
  const read = text === undefined ? null : decodeCurrentYaml(text);
  if (read === null) return texts;
  if (!isMap(read)) throw new YamlError("yaml: unmarshal errors:\n  line 1: cannot unmarshal into snapshots");
  for (const [job, of] of Object.entries(read)) {
    for (const [index, stored] of Object.entries(isMap(of) ? of : {})) {
      if (typeof stored === "string" && /^[0-9]+$/.test(index)) put(texts, job, Number(index), stored);
    }
  }
  return texts;
}

function writeTexts(texts: Texts): string {
  const map = Object.fromEntries(
    [...texts].map(([job, of]) => [job, Object.fromEntries([...of].map(([index, text]) => [`n${index}`, text]))]),
  );
  // The running numbers are numbers in the file, not texts.
  return encodeCurrentYaml(map).replace(/^( {2}|: )n([0-9]+):/gm, "$1$2:");
}

function patternProblem(text: string, { matches, notMatches }: SnapshotPatterns): string {
  try {
    if (matches !== undefined && !compileRegexp(matches).matches(text)) {
      return ` pattern '${matches}' not found in snapshot`;
    }
    if (notMatches !== undefined && compileRegexp(notMatches).matches(text)) {
      return ` pattern '${notMatches}' should not be in snapshot`;
    }
    return "";
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return ` pattern: ${error.message}`;
  }
}

function readsTheSame(left: string, right: string): boolean {
  try {
    return deepEqual(decodeCurrentYaml(left), decodeCurrentYaml(right));
  } catch (error) {
    if (error instanceof YamlError) return false;
    throw error;
  }
}
