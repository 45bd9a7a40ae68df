/**
 * The lines below a failed assert.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/validators/common.go`.
 *
 * @module
 */

/** Where a failure was found; -1 or absent: not shown. */
export interface FailurePlace {
  /** Position of the document. */
  readonly document?: number;
  /** Position among the matches of a path. */
  readonly match?: number;
}

/** The parts of a failure. A part that is absent has no lines. */
export interface FailureParts {
  /** The path. */
  readonly path?: string | undefined;
  /** The expected text, and the words before it, such as ` to equal`. */
  readonly expected: readonly [words: string, text: string];
  /** True for a negated assert. */
  readonly not: boolean;
  /** The text that was found. */
  readonly actual?: string | undefined;
  /** The difference of both. */
  readonly diff?: string | undefined;
}

/** Indents a text below its title. */
function below(text: string): string {
  return `\t${trimEnds(text.replaceAll("\n", "\n\t"))}`;
}

function trimEnds(text: string): string {
  return text.replace(/^[\n\t ]+|[\n\t ]+$/g, "");
}

function placed(lines: string[], { document = -1, match = -1 }: FailurePlace): string[] {
  if (match >= 0) lines.unshift(`ValuesIndex:\t${match}`);
  if (document >= 0) lines.unshift(`DocumentIndex:\t${document}`);
  return lines;
}

/** Returns the lines of a failure. */
export function failureLines(parts: FailureParts, place: FailurePlace = {}): string[] {
  const { path, expected: [words, expected], not, actual, diff } = parts;
  let text = path === undefined ? "" : `Path:${below(path)}\n`;
  text += `Expected${not ? " NOT" : ""}${words}:\n${below(expected)}`;
  if (actual !== undefined) text += `\nActual:\n${below(actual)}`;
  if (diff !== undefined) text += `\nDiff:\n${below(diff)}`;
  return placed(text.split("\n"), place);
}

/** Returns the lines of an assert that cannot be decided. */
export function errorLines(message: string, place: FailurePlace = {}): string[] {
  return placed(`Error:\n${below(message)}`.split("\n"), place);
}

/** Returns the lines of a failure that consists of one sentence about a path. */
export function pathLines(path: string, words: string, place: FailurePlace = {}): string[] {
  return placed(`Path:${below(path)}${words}`.split("\n"), place);
}
