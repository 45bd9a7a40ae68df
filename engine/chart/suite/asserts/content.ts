/**
 * `exists`, `isNullOrEmpty`, `contains`, `isSubset`, `isType`, `lengthEqual`.
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import { compareBytes, Int, isMap } from "../../../lang/golang/mod.ts";
import { deepEqual, goType, hasSubset, yamlOf } from "../equal.ts";
import { errorLines, failureLines, type FailurePlace, pathLines } from "../failure.ts";
import {
  type CheckContext,
  type CheckedDocument,
  eachDocument,
  eachMatch,
  failed,
  matchesOf,
  PASSED,
  textParam,
  type Verdict,
} from "./check.ts";

const NO_MANIFEST = "no manifest found";
const OLD_FORMAT = "--suite-format 0.2 brings that back";

/** `exists`, `isNotNull`; with their antonyms `notExists`, `isNull`. */
export function exists(context: CheckContext): Verdict {
  const { negative, type, isOldFormat } = context;
  const path = textParam(context, "path");
  const lines = (place: FailurePlace) => pathLines(path, ` expected to ${negative ? "NOT " : ""}exists`, place);
  return eachDocument(context, () => lines({}), (document, index) => {
    const found = matchesOf(context, document, path);
    if (found instanceof SkegError) return failed(errorLines(found.message, { document: index }));
    // Suites of 0.2: a key that holds null is as good as none.
    const present = isOldFormat ? found.some((value) => value !== null) : found.length > 0;
    if (present !== negative) return PASSED;
    if (type === "isNull" && found.every((value) => value === null)) {
      context.hint(`until helm-unittest 0.2 \`isNull\` passed for a key that holds null; ${OLD_FORMAT}`);
    }
    return failed(lines({ document: index }));
  });
}

function isEmptyValue(value: unknown): boolean {
  if (value === null || value === "" || value === 0 || value === false) return true;
  if (value instanceof Int) return value.value === 0n;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

/** `isNullOrEmpty`, `isEmpty`. */
export function isNullOrEmpty(context: CheckContext): Verdict {
  const path = textParam(context, "path");
  const lines = (actual: unknown, place: FailurePlace) =>
    failureLines({ path, expected: [" to be null or empty, got", yamlOf(actual)], not: context.negative }, place);
  const onUnknown = () =>
    context.hint(`until helm-unittest 0.2 \`${context.type}\` passed for a path that does not exist; ${OLD_FORMAT}`);
  return eachMatch(context, { none: () => lines(NO_MANIFEST, {}), onUnknown }, (value, place) => {
    return isEmptyValue(value) === context.negative ? failed(lines(value, place)) : PASSED;
  });
}

/** `contains`. */
export function contains(context: CheckContext): Verdict {
  const { params, negative } = context;
  const path = textParam(context, "path");
  const wanted = params["content"] ?? null;
  const count = countOf(params["count"]);
  const lines = (actual: unknown, place: FailurePlace) =>
    failureLines({ path, expected: [" to contain", yamlOf([wanted])], not: negative, actual: yamlOf(actual) }, place);
  const matches = (item: unknown) =>
    params["any"] === true && isMap(item) && isMap(wanted) ? hasSubset(item, wanted) : deepEqual(item, wanted);
  return eachMatch(context, { none: () => lines(NO_MANIFEST, { document: 0 }) }, (value, place) => {
    if (!Array.isArray(value)) {
      return failed(errorLines(`expect '${path}' to be an array, got:\n${yamlOf(value)}`, place));
    }
    const found = value.filter(matches).length;
    const holds = found > 0 && (count === undefined || found === count);
    if (holds !== negative) return PASSED;
    if (count === undefined || found === 0) return failed(lines(value, place));
    return failed(
      errorLines(`expect count ${count} in '${path}' to be in array, got ${found}:\n${yamlOf(value)}`, place),
    );
  });
}

function countOf(value: unknown): number | bigint | undefined {
  if (value instanceof Int) {
    const count = Number(value.value);
    return Number.isSafeInteger(count) ? count : value.value;
  }
  return typeof value === "number" ? Math.trunc(value) : undefined;
}

/** `isSubset`. */
export function isSubset(context: CheckContext): Verdict {
  const { params, negative } = context;
  const path = textParam(context, "path");
  const wanted = params["content"] ?? null;
  const lines = (actual: unknown, place: FailurePlace) =>
    failureLines({ path, expected: [" to contain", yamlOf(wanted)], not: negative, actual: yamlOf(actual) }, place);
  return eachMatch(context, { none: () => lines(NO_MANIFEST, {}) }, (value, place) => {
    if (!isMap(value) || !isMap(wanted)) {
      return failed(errorLines(`expect '${path}' to be an object, got:\n${yamlOf(value)}`, place));
    }
    return hasSubset(value, wanted) === negative ? failed(lines(value, place)) : PASSED;
  });
}

/** `isType`. */
export function isType(context: CheckContext): Verdict {
  const { negative } = context;
  const [path, type] = [textParam(context, "path"), textParam(context, "type")];
  const lines = (actual: string, place: FailurePlace) =>
    failureLines({ path, expected: [" to be of type", type], not: negative, actual }, place);
  return eachMatch(context, { none: () => lines(NO_MANIFEST, {}) }, (value, place) => {
    const found = goType(value);
    return (found === type) === negative ? failed(lines(found, place)) : PASSED;
  });
}

/** `lengthEqual`. */
export function lengthEqual(context: CheckContext): Verdict {
  const { params } = context;
  const path = textParam(context, "path");
  const count = countOf(params["count"]);
  const paths = Array.isArray(params["paths"]) ? params["paths"].map(String) : [];
  if (path !== "" && (count === undefined || count < 0)) {
    return failed(errorLines("'count' field must be set if 'path' is used"));
  }
  if (path !== "" && paths.length > 0) return failed(errorLines("'paths' couldn't be used with 'path'"));
  const none = () => lengthLines(context, "", "", NO_MANIFEST, {});
  return eachDocument(context, none, (document, index) => {
    if (path !== "") return lengthAt(context, document, path, count, index).verdict;
    return samelengths(context, document, paths, count, index);
  });
}

function lengthLines(
  { negative }: CheckContext,
  path: string,
  count: string,
  actual: string,
  place: FailurePlace,
): string[] {
  return failureLines({ path, expected: [" to match count", count], not: negative, actual }, place);
}

function lengthAt(
  context: CheckContext,
  document: CheckedDocument,
  path: string,
  count: number | bigint | undefined,
  index: number,
): { verdict: Verdict; length: number } {
  const found = matchesOf(context, document, path);
  if (found instanceof SkegError) {
    return { verdict: failed(errorLines(found.message, { document: index })), length: 0 };
  }
  const lines: string[] = [];
  let passed = found.length > 0 || context.negative;
  let length = 0;
  for (const [match, value] of found.entries()) {
    if (!Array.isArray(value) && count === undefined) {
      lines.push(...errorLines(`${path} is not array`, { document: index, match }));
      passed = false;
      continue;
    }
    length = Array.isArray(value) ? value.length : 0;
    if (count === undefined || (BigInt(length) === BigInt(count)) !== context.negative) continue;
    lines.push(...lengthLines(context, path, `${count}`, `${length}`, { document: index }));
    passed = false;
    if (context.failFast) break;
  }
  return { verdict: { passed, lines }, length };
}

function samelengths(
  context: CheckContext,
  document: CheckedDocument,
  paths: readonly string[],
  count: number | bigint | undefined,
  index: number,
): Verdict {
  const found = paths.map((path) => ({ path, ...lengthAt(context, document, path, count, index) }));
  const bad = found.filter(({ verdict }) => !verdict.passed);
  if (bad.length > 0) return failed(bad.flatMap(({ verdict }) => verdict.lines));
  const lengths = new Map(found.map(({ path, length }) => [path, length]));
  const [first, ...rest] = [...lengths].sort(([left], [right]) => compareBytes(left, right));
  if (first === undefined) return failed([]);
  for (const [path, length] of rest) {
    if ((length === first[1]) !== context.negative) continue;
    return failed(lengthLines(context, path, "-1", `${length}`, { document: index }));
  }
  return PASSED;
}
