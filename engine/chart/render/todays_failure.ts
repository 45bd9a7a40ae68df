/**
 * Failures of templates in the words of Helm 3 and 4.
 *
 * Source: Helm 3.22.0, `pkg/engine/engine.go`; helm-unittest 1.0.3, `pkg/unittest/test_job.go`.
 *
 * @module
 */
import type { SkegError } from "../../../errors.ts";

/** The failure of a template. */
export interface TodaysFailure {
  /** The text given to `fail` or `required`, or the reason alone. */
  readonly message: string;
  /** The whole message, with the place. */
  readonly whole: string;
  /** The template, when it is known. */
  readonly file: string | undefined;
}

/**
 * Returns the failure of a template in the words of Helm 3. Helm 2 puts `render error in "…"` before them.
 */
export function todaysFailure(error: SkegError): TodaysFailure {
  const text = error.message.replace(/^render error in "[^"]*": /, "");
  const unparsed = /^parse error in "[^"]*": template: (.+?:\d+): (.*)$/s.exec(text);
  if (unparsed !== null) {
    // Helm 3 cuts the message at each colon, and keeps the last part.
    const whole = `parse error at (${unparsed[1]}): ${unparsed[2]?.split(": ").at(-1)}`;
    return { message: whole, whole, file: undefined };
  }
  const place = /^.+?: ((.+?):\d+:\d+)(?=:| )/s.exec(text);
  if (place === null) return { message: text, whole: text, file: undefined };
  const [, position, file] = place;
  const own = /: error calling (?:fail|required): (.*)$/s.exec(text)?.[1];
  if (own !== undefined) return { message: own, whole: `execution error at (${position}): ${own}`, file };
  const reason = /^.+?: .+?:\d+:\d+.+?: (.+)$/s.exec(text)?.[1];
  return { message: reason ?? text, whole: text, file };
}
