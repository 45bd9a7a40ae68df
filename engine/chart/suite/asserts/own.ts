/**
 * Asserts that helm-unittest does not have: `isHook`, `equalFile`, `matchesSchema`, `resourceOrder`, `warns`.
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import { compileRegexp, Int, isMap } from "../../../lang/golang/mod.ts";
import { inKindOrder, INSTALL_ORDER } from "../../render/mod.ts";
import { uniformText, yamlOf } from "../equal.ts";
import { errorLines, failureLines, type FailurePlace } from "../failure.ts";
import { textDiff } from "../text_diff.ts";
import {
  type CheckContext,
  type CheckedDocument,
  eachDocument,
  eachMatch,
  failed,
  PASSED,
  textParam,
  type Verdict,
} from "./check.ts";

const NO_MANIFEST = "no manifest found";
const HOOK = "helm.sh/hook";

function annotationsOf(document: CheckedDocument): Readonly<Record<string, unknown>> {
  const { metadata } = document;
  const annotations = isMap(metadata) ? metadata["annotations"] : undefined;
  return isMap(annotations) ? annotations : {};
}

/** `isHook`: every document is a hook, of the `event` and with the `weight` if they are given. */
export function isHook(context: CheckContext): Verdict {
  const { negative, params } = context;
  const event = textParam(context, "event");
  const weight = params["weight"];
  const weightText = weight instanceof Int ? `${weight.value}` : weight === undefined ? undefined : `${weight}`;
  const wanted = [event, weightText === undefined ? "" : `weight ${weightText}`].filter((part) => part !== "").join(
    ", ",
  );
  const lines = (actual: string, place: FailurePlace) =>
    failureLines({ expected: [" to be a hook", wanted], not: negative, ...negative ? {} : { actual } }, place);
  return eachDocument(context, () => lines(NO_MANIFEST, {}), (document, index) => {
    const annotations = annotationsOf(document);
    const found = annotations[HOOK];
    const events = typeof found === "string" ? found.split(",").map((part) => part.trim()) : [];
    const hookWeight = `${annotations[`${HOOK}-weight`] ?? 0}`;
    const fits = events.length > 0 && (event === "" || events.includes(event)) &&
      (weightText === undefined || hookWeight === weightText);
    const actual = events.length === 0 ? "no hook" : `${events.join(", ")}, weight ${hookWeight}`;
    return fits === negative ? failed(lines(actual, { document: index })) : PASSED;
  });
}

/** Reads the file of an assert, or returns the verdict of one that cannot be read. */
function fileOf({ readFile }: CheckContext, path: string): string | Verdict {
  if (path === "") return failed(errorLines("expected field 'file' to be filled"));
  try {
    return readFile(path);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return failed(errorLines(error.message));
  }
}

/** `equalFile`: the text at `path` equals a file, relative to the suite. */
export function equalFile(context: CheckContext): Verdict {
  const { negative } = context;
  const [path, file] = [textParam(context, "path"), textParam(context, "file")];
  const wanted = fileOf(context, file);
  if (typeof wanted !== "string") return wanted;
  const lines = (actual: unknown, place: FailurePlace) =>
    failureLines({
      path,
      expected: [` to equal ${file}`, wanted],
      not: negative,
      ...negative
        ? {}
        : { actual: yamlOf(actual), diff: textDiff(wanted, typeof actual === "string" ? actual : yamlOf(actual)) },
    }, place);
  return eachMatch(context, { none: () => lines(NO_MANIFEST, {}) }, (value, place) => {
    const isEqual = typeof value === "string" && uniformText(value) === uniformText(wanted);
    return isEqual === negative ? failed(lines(value, place)) : PASSED;
  });
}

/** `matchesSchema`: the value at `path`, or the document, fits a JSON schema: `schema`, or a `file` relative to the suite. */
export function matchesSchema(context: CheckContext): Verdict {
  const { negative, params, checkSchema } = context;
  const path = textParam(context, "path");
  const given = params["schema"];
  const schema = given === undefined ? fileOf(context, textParam(context, "file")) : jsonText(given);
  if (typeof schema !== "string") return schema;
  const check = (value: unknown, place: FailurePlace): Verdict => {
    let problems: readonly string[];
    try {
      problems = checkSchema(schema, JSON.parse(jsonText(value)));
    } catch (error) {
      if (!(error instanceof SkegError)) throw error;
      return failed(errorLines(error.message));
    }
    if ((problems.length === 0) !== negative) return PASSED;
    const wanted = textParam(context, "file") || "the schema";
    const actual = negative ? {} : { actual: problems.join("\n") };
    return failed(
      failureLines({ ...path === "" ? {} : { path }, expected: [" to fit", wanted], not: negative, ...actual }, place),
    );
  };
  const none = () => errorLines(NO_MANIFEST);
  return path === ""
    ? eachDocument(context, none, (document, index) => check(document, { document: index }))
    : eachMatch(context, { none }, check);
}

/** Returns JSON; integers are those of Go. */
function jsonText(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part) => part instanceof Int ? Number(part.value) : part);
}

/** `resourceOrder`: objects, as `KIND/NAME` or `KIND`, are created in this order. Hooks are not among them. */
export function resourceOrder({ params, rendered, negative }: CheckContext): Verdict {
  const given = params["order"];
  const wanted = Array.isArray(given) ? given.map((item) => `${item}`) : [];
  if (wanted.length < 2) return failed(errorLines("expected field 'order' to be a list of two or more objects"));
  const manifests = [...rendered].flatMap(([path, documents = []]) =>
    documents.filter((document) => typeof document["kind"] === "string" && !(HOOK in annotationsOf(document)))
      .map((document) => ({ path, kind: `${document["kind"]}`, text: nameOf(document) }))
  );
  const created = inKindOrder(manifests, INSTALL_ORDER).map(({ kind, text }) => `${kind}/${text}`);
  const places = wanted.map((name) => created.findIndex((each) => each === name || each.startsWith(`${name}/`)));
  const missing = wanted.filter((_, at) => (places[at] ?? -1) < 0);
  if (missing.length > 0) return failed(errorLines(`no object ${missing.join(", ")} is rendered`));
  const isOrdered = places.every((place, at) => at === 0 || place > (places[at - 1] ?? -1));
  if (isOrdered !== negative) return PASSED;
  const actual = negative ? {} : { actual: created.join("\n") };
  return failed(
    failureLines({ expected: [" to be created in this order", wanted.join("\n")], not: negative, ...actual }),
  );
}

function nameOf({ metadata }: CheckedDocument): string {
  return `${isMap(metadata) ? metadata["name"] ?? "" : ""}`;
}

/** `warns`: rendering logs a warning, with the text `message` in it or matching `pattern` if they are given. */
export function warns(context: CheckContext): Verdict {
  const { negative, warnings } = context;
  const [message, pattern] = [textParam(context, "message"), textParam(context, "pattern")];
  let fits = (text: string): boolean => text.includes(message);
  if (pattern !== "") {
    try {
      const compiled = compileRegexp(pattern);
      fits = (text) => text.includes(message) && compiled.matches(text);
    } catch (error) {
      if (!(error instanceof SkegError)) throw error;
      return failed(errorLines(error.message));
    }
  }
  const found = warnings.filter(fits);
  if ((found.length > 0) !== negative) return PASSED;
  const actual = (negative ? found : warnings).join("\n");
  return failed(
    failureLines({ expected: [" to warn", message || pattern], not: negative, actual: actual || "no warning" }),
  );
}
