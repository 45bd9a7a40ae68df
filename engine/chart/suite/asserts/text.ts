/**
 * `matchRegex`, `matchRegexRaw`, `matchSnapshot`, `matchSnapshotRaw`, `failedTemplate`.
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import { compileRegexp, isMap, type Regexp } from "../../../lang/golang/mod.ts";
import { uniformText, yamlOf } from "../equal.ts";
import { errorLines, failureLines, type FailurePlace } from "../failure.ts";
import { textDiff } from "../text_diff.ts";
import {
  type CheckContext,
  eachDocument,
  eachMatch,
  failed,
  PASSED,
  type SnapshotComparison,
  textParam,
  type Verdict,
} from "./check.ts";
import { decodedText } from "./equal.ts";

const NO_MANIFEST = "no manifest found";

/** Compiles the assert's pattern, or returns the verdict of one that cannot be. */
function patternOf(context: CheckContext): Regexp | Verdict {
  const pattern = textParam(context, "pattern");
  if (pattern === "") return failed(errorLines("expected field 'pattern' to be filled"));
  try {
    return compileRegexp(pattern);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return failed(errorLines(error.message));
  }
}

/** `matchRegex`. */
export function matchRegex(context: CheckContext): Verdict {
  const { negative, params } = context;
  const path = textParam(context, "path");
  const pattern = patternOf(context);
  if ("lines" in pattern) return pattern;
  const lines = (actual: string, place: FailurePlace) =>
    failureLines({ path, expected: [" to match", textParam(context, "pattern")], not: negative, actual }, place);
  return eachMatch(context, { none: () => lines(NO_MANIFEST, {}) }, (value, place) => {
    if (typeof value !== "string") {
      return failed(errorLines(`expect '${path}' to be a string, got:\n${yamlOf(value)}`, place));
    }
    const text = params["decodebase64"] === true ? decodedText(value) : value;
    if (text === undefined) return failed(errorLines(`unable to decode base64 expected content ${value}`, place));
    return pattern.matches(text) === negative ? failed(lines(text, place)) : PASSED;
  });
}

/** `matchRegexRaw`. */
export function matchRegexRaw(context: CheckContext): Verdict {
  const { negative } = context;
  const pattern = patternOf(context);
  if ("lines" in pattern) return pattern;
  const lines = (actual: string) =>
    failureLines({ expected: [" to match", textParam(context, "pattern")], not: negative, actual });
  return eachDocument(context, () => lines(NO_MANIFEST), (document) => {
    const text = uniformText(document["raw"] ?? null);
    return pattern.matches(text) === negative ? failed(lines(text)) : PASSED;
  });
}

function snapshotLines(compared: SnapshotComparison, not: boolean, place: FailurePlace, path?: string): string[] {
  const { index, stored, text, message } = compared;
  if (message !== "") return failureLines({ expected: [message, stored], not }, place);
  const shown = not ? stored : textDiff(stored, text);
  return failureLines({ path, expected: [` to match snapshot ${index}`, shown], not }, place);
}

/** `matchSnapshot`. */
export function matchSnapshot(context: CheckContext): Verdict {
  const { negative, selected, params } = context;
  // Without documents there is nothing that could differ.
  if (selected.length === 0) return negative ? failed([]) : PASSED;
  const path = textParam(context, "path");
  const patterns = { matches: innerPattern(params["matchregex"]), notMatches: innerPattern(params["notmatchregex"]) };
  return eachMatch(context, { none: () => [] }, (value, place) => {
    const compared = context.compareSnapshot(value, patterns);
    return compared.passed === negative ? failed(snapshotLines(compared, negative, place, path)) : PASSED;
  });
}

function innerPattern(param: unknown): string | undefined {
  const pattern = isMap(param) ? param["pattern"] : undefined;
  return typeof pattern === "string" && pattern.trim() !== "" ? pattern.trim() : undefined;
}

/** `matchSnapshotRaw`. */
export function matchSnapshotRaw(context: CheckContext): Verdict {
  const { negative, selected } = context;
  if (selected.length === 0) return negative ? failed([]) : PASSED;
  return eachDocument(context, () => [], (document) => {
    const compared = context.compareSnapshot(uniformText(document["raw"] ?? null));
    return compared.passed === negative ? failed(snapshotLines(compared, negative, {})) : PASSED;
  });
}

/** `failedTemplate`. */
export function failedTemplate(context: CheckContext): Verdict {
  const { selected, negative, renderError, failFast } = context;
  const [message, pattern] = [textParam(context, "errormessage"), textParam(context, "errorpattern")];
  if (message !== "" && pattern !== "") {
    return failed(errorLines("single attribute 'errorMessage' or 'errorPattern' supported at the same time"));
  }
  if (renderError !== undefined) return errorVerdict(context, renderError, {});
  if (selected.length === 0) {
    return negative ? PASSED : failed(errorFailure(context, "No failed document", {}));
  }
  const lines: string[] = [];
  let passed = true;
  for (const [index, { raw }] of selected.entries()) {
    const verdict = errorVerdict(context, typeof raw === "string" ? raw : undefined, { document: index });
    lines.push(...verdict.lines);
    passed &&= verdict.passed;
    if (!passed && failFast) break;
  }
  return { passed, lines };
}

function errorFailure(context: CheckContext, actual: string, place: FailurePlace): string[] {
  const [message, pattern] = [textParam(context, "errormessage"), textParam(context, "errorpattern")];
  const expected = [pattern === "" ? " to equal" : " to match", message || pattern] as const;
  const not = context.negative;
  return failureLines({ expected, not, ...not ? {} : { actual } }, place);
}

/** Compares the message of an error; `undefined`: there was none. */
function errorVerdict(context: CheckContext, actual: string | undefined, place: FailurePlace): Verdict {
  const { negative } = context;
  const [message, pattern] = [textParam(context, "errormessage"), textParam(context, "errorpattern")];
  if (pattern !== "") {
    // A pattern that does not match, or that is none, is also looked for as it stands.
    if (actual === undefined || isFound(pattern, actual, negative)) return PASSED;
  } else if (message !== "") {
    const isEqual = actual !== undefined && (actual === message || afterFirstLine(actual) === message);
    if (isEqual !== negative) return PASSED;
  } else return PASSED;
  return failed(errorFailure(context, actual ?? "%!s(<nil>)", place));
}

function isFound(pattern: string, text: string, negative: boolean): boolean {
  const literal = text.includes(pattern) !== negative;
  try {
    return compileRegexp(pattern).matches(text) !== negative || /[\\.+*?()|[\]{}^$]/.test(pattern) && literal;
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return literal;
  }
}

/** Upstream compares a message of several lines without its first line. */
function afterFirstLine(text: string): string | undefined {
  const at = text.indexOf("\n");
  return at < 0 ? undefined : text.slice(at + 1);
}
