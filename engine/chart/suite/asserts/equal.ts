/**
 * `equal`, `equalRaw`, `greaterOrEqual`, `lessOrEqual`.
 *
 * @module
 */
import { binaryToBytes, compareBytes, decodeBase64, formatValue, fromBytes, Int } from "../../../lang/golang/mod.ts";
import { deepEqual, goType, uniformText, yamlOf } from "../equal.ts";
import { errorLines, failureLines, type FailurePlace } from "../failure.ts";
import { textDiff } from "../text_diff.ts";
import { type CheckContext, eachDocument, eachMatch, failed, PASSED, textParam, type Verdict } from "./check.ts";

const NO_MANIFEST = "no manifest found";

function difference(context: CheckContext, actual: unknown, place: FailurePlace, path: string | undefined): string[] {
  const expected = yamlOf(context.params["value"] ?? null);
  if (context.negative) return failureLines({ path, expected: [" to equal", expected], not: true }, place);
  const found = yamlOf(actual);
  const diff = textDiff(expected, found);
  return failureLines({ path, expected: [" to equal", expected], not: false, actual: found, diff }, place);
}

/** Returns the text of base64, or `undefined` when it is none. */
export function decodedText(text: string): string | undefined {
  const { binary, fault } = decodeBase64(text);
  return fault === undefined ? fromBytes(binaryToBytes(binary)) : undefined;
}

/** `equal`. */
export function equal(context: CheckContext): Verdict {
  const { params, negative } = context;
  const path = textParam(context, "path");
  const wanted = params["value"] ?? null;
  const none = () => difference(context, NO_MANIFEST, {}, path);
  return eachMatch(context, { none }, (value, place) => {
    let actual = value;
    if (typeof value === "string") {
      const text = params["decodebase64"] === true ? decodedText(value) : value;
      if (text === undefined) {
        return failed(errorLines(`unable to decode base64 expected content ${value}`, place));
      }
      actual = uniformText(text);
    }
    return deepEqual(wanted, actual) === negative ? failed(difference(context, actual, place, path)) : PASSED;
  });
}

/** `equalRaw`. */
export function equalRaw(context: CheckContext): Verdict {
  const none = () => difference(context, NO_MANIFEST, {}, undefined);
  return eachDocument(context, none, (document) => {
    const actual = uniformText(document["raw"] ?? null);
    const isEqual = deepEqual(context.params["value"] ?? "", actual);
    return isEqual === context.negative ? failed(difference(context, actual, {}, undefined)) : PASSED;
  });
}

/** Returns the order of two values of one type; `undefined` when the type has none. */
function order(left: unknown, right: unknown): number | undefined {
  if (typeof left === "string") return compareBytes(left, right as string);
  if (typeof left === "number") return left - (right as number);
  if (!(left instanceof Int)) return undefined;
  const { value } = right as Int;
  return left.value < value ? -1 : left.value > value ? 1 : 0;
}

function compare(context: CheckContext, word: "greater" | "less"): Verdict {
  const { params, negative, upstreamBugs } = context;
  const path = textParam(context, "path");
  const wanted = params["value"] ?? null;
  const words = ` to be ${word} then or equal to, got`;
  const failure = (message: string, place: FailurePlace) =>
    failureLines({ path, expected: [words, message], not: negative }, place);
  const none = () => failure("no manifests found", {});
  return eachMatch(context, { none, unknownPath: "unknown path '%s'" }, (actual, place) => {
    const [found, expected] = [goType(actual), goType(wanted)].map((type) => type === "<nil>" ? "%!s(<nil>)" : type);
    if (found !== expected) {
      return failed(errorLines(`actual '${found}' and expected '${expected}' types do not match`, place));
    }
    const difference = order(actual, wanted);
    if (difference === undefined) return failed(failure(`unsupported type '${goType(wanted)}'`, place));
    const holds = word === "greater" ? difference >= 0 : difference <= 0;
    if (holds !== negative) return PASSED;
    if (negative && word === "greater") {
      if (upstreamBugs) return PASSED;
      context.hint("helm-unittest 1.0.3 passes `notGreaterOrEqual` always; --upstream-bugs does so too");
    }
    const [shown, limit] = [formatValue(actual), formatValue(wanted)];
    return failed(failure(`the actual '${shown}' is not ${word} or equal to the expected '${limit}'`, place));
  });
}

/** `greaterOrEqual`. */
export function greaterOrEqual(context: CheckContext): Verdict {
  return compare(context, "greater");
}

/** `lessOrEqual`. */
export function lessOrEqual(context: CheckContext): Verdict {
  return compare(context, "less");
}
