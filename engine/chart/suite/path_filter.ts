/**
 * Filters of JSONPath: `?(@.x=='y' && @.n>3)`.
 *
 * Source: github.com/helm-unittest/yaml-jsonpath 0.4.0, `pkg/yamlpath/filter.go`, `filter_parser.go`.
 *
 * @module
 */
import { compareBytes, compileRegexp, Int } from "../../lang/golang/mod.ts";
import { failAt as fail, pathError, type PathScan, skipBlanks } from "./path_scan.ts";

/** Returns true if a value passes; `root` is the document. */
export type Filter = (value: unknown, root: unknown) => boolean;

/** A side of a comparison. */
type Operand = (value: unknown, root: unknown) => readonly Typed[];

interface Typed {
  readonly type: "string" | "number" | "bool" | "null" | "pattern" | "other";
  readonly value: unknown;
}

const ORDER = ["==", "!=", "=~", ">=", ">", "<=", "<"] as const;
type Operator = typeof ORDER[number];

/** Reads a path up to an operator; returns a function that finds its values. */
export type ReadPath = (scan: PathScan) => (start: unknown, root: unknown) => unknown[];

/** Parses a filter after `[?(`, and the `)]` that ends it. */
export function parseFilter(scan: PathScan, readPath: ReadPath): Filter {
  const filter = readOr(scan, readPath);
  if (!scan.text.startsWith(")]", scan.at)) {
    fail(scan, scan.at >= scan.text.length ? "missing end of filter" : "invalid filter syntax");
  }
  scan.at += 2;
  return filter;
}

function took(scan: PathScan, token: string): boolean {
  skipBlanks(scan);
  if (!scan.text.startsWith(token, scan.at)) return false;
  scan.at += token.length;
  return true;
}

function readOr(scan: PathScan, readPath: ReadPath): Filter {
  let left = readAnd(scan, readPath);
  while (took(scan, "||")) {
    const [first, second] = [left, readAnd(scan, readPath)];
    left = (value, root) => first(value, root) || second(value, root);
  }
  return left;
}

function readAnd(scan: PathScan, readPath: ReadPath): Filter {
  let left = readBasic(scan, readPath);
  while (took(scan, "&&")) {
    const [first, second] = [left, readBasic(scan, readPath)];
    left = (value, root) => first(value, root) && second(value, root);
  }
  return left;
}

function readBasic(scan: PathScan, readPath: ReadPath): Filter {
  skipBlanks(scan);
  for (const operator of ["&&", "||", ...ORDER]) {
    if (scan.text.startsWith(operator, scan.at)) fail(scan, `missing first operand for binary operator ${operator}`);
  }
  if (took(scan, "!")) {
    const inner = readBasic(scan, readPath);
    return (value, root) => !inner(value, root);
  }
  if (took(scan, "(")) {
    const inner = readOr(scan, readPath);
    if (!took(scan, ")")) fail(scan, "missing end of filter");
    return inner;
  }
  if (scan.text.startsWith(")]", scan.at)) fail(scan, "missing filter");
  const left = readOperand(scan, readPath);
  const operator = ORDER.find((each) => took(scan, each));
  if (operator === undefined) return (value, root) => exists(left, value, root);
  const right = operator === "=~" ? readPattern(scan) : readOperand(scan, readPath).operand;
  return (value, root) => compareAll(left.operand(value, root), right(value, root), operator);
}

/** An operand; for a path alone, existence counts, and for `true` its value. */
interface Read {
  readonly operand: Operand;
  readonly isPath: boolean;
}

function exists({ operand, isPath }: Read, value: unknown, root: unknown): boolean {
  const found = operand(value, root);
  return isPath ? found.length > 0 : found[0]?.type === "bool" && found[0].value === true;
}

function readOperand(scan: PathScan, readPath: ReadPath): Read {
  skipBlanks(scan);
  const { text } = scan;
  const start = text[scan.at];
  if (start === "@" || start === "$") {
    scan.at++;
    const find = readPath(scan);
    const operand: Operand = (value, root) => find(start === "@" ? value : root, root).map(typed);
    return { operand, isPath: true };
  }
  return { operand: readLiteral(scan), isPath: false };
}

function readLiteral(scan: PathScan): Operand {
  const rest = scan.text.slice(scan.at);
  const constant = (length: number, literal: Typed): Operand => {
    scan.at += length;
    return () => [literal];
  };
  const number = /^[-.0-9][-.0-9eE]*/.exec(rest)?.[0];
  if (number !== undefined) {
    if (!Number.isFinite(Number(number))) {
      throw pathError(`invalid float literal ${JSON.stringify(number)} before position ${scan.at + number.length}`);
    }
    return constant(number.length, { type: "number", value: Number(number) });
  }
  const mark = rest[0];
  if (mark === "'" || mark === '"') {
    const end = rest.indexOf(mark, 1);
    if (end < 0) throw pathError(`unmatched string delimiter ${mark} at position ${scan.at}`);
    return constant(end + 1, { type: "string", value: rest.slice(1, end) });
  }
  for (const [word, literal] of WORDS) if (rest.startsWith(word)) return constant(word.length, literal);
  fail(scan, "invalid filter term");
}

const WORDS: readonly (readonly [string, Typed])[] = [
  ["true", { type: "bool", value: true }],
  ["false", { type: "bool", value: false }],
  ["null", { type: "null", value: null }],
];

/** Reads `/pattern/`; `\/` is a slash. */
function readPattern(scan: PathScan): Operand {
  skipBlanks(scan);
  const { text } = scan;
  if (text[scan.at] !== "/") fail(scan, "regular expression does not start with /");
  const start = ++scan.at;
  while (scan.at < text.length && text[scan.at] !== "/") scan.at += text[scan.at] === "\\" ? 2 : 1;
  if (scan.at >= text.length) throw pathError(`unmatched regular expression delimiter / at position ${start - 1}`);
  const pattern = text.slice(start, scan.at++).replaceAll("\\/", "/");
  const literal: Typed = { type: "pattern", value: compileRegexp(pattern) };
  return () => [literal];
}

function typed(value: unknown): Typed {
  if (value === null) return { type: "null", value };
  if (value instanceof Int) return { type: "number", value: Number(value.value) };
  switch (typeof value) {
    case "number":
      return { type: "number", value };
    case "boolean":
      return { type: "bool", value };
    case "string":
      return { type: "string", value };
    default:
      return { type: "other", value };
  }
}

/** True if there is something to compare, and each pair of both sides passes. */
function compareAll(left: readonly Typed[], right: readonly Typed[], operator: Operator): boolean {
  if (left.length === 0 || right.length === 0) return false;
  return left.every((each) => right.every((other) => compare(each, other, operator)));
}

function compare(left: Typed, right: Typed, operator: Operator): boolean {
  if (operator === "=~") {
    return left.type === "string" && (right.value as ReturnType<typeof compileRegexp>).matches(left.value as string);
  }
  const order = left.type === right.type ? orderOf(left, right) : undefined;
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">=":
      return order !== undefined && order >= 0;
    case ">":
      return order !== undefined && order > 0;
    case "<=":
      return order !== undefined && order <= 0;
    default:
      return order !== undefined && order < 0;
  }
}

/** Returns the order of two values of one type; `undefined` when they cannot be compared. */
function orderOf(left: Typed, right: Typed): number | undefined {
  switch (left.type) {
    case "number":
      return Math.sign((left.value as number) - (right.value as number));
    case "string":
      return compareBytes(left.value as string, right.value as string);
    case "null":
      return 0;
    case "bool":
      return left.value === right.value ? 0 : undefined;
    default:
      return undefined;
  }
}
