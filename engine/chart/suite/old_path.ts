/**
 * Paths of suites that were written until helm-unittest 0.2: `metadata.annotations.[kubernetes.io/ingress.class]`,
 * `data.my\.conf`. Today's form is JSONPath.
 *
 * Source: helm-unittest 0.2.11, `internal/common`, `pkg/unittest/valueutils/valueutils.go`.
 *
 * @module
 */
import type { PathStep } from "./path.ts";

/** Returns the steps of a path of the old form, or `undefined` when it is none. */
export function parseOldPath(text: string): readonly PathStep[] | undefined {
  const steps: PathStep[] = [];
  let at = 0;
  let expectsName = true;
  while (at < text.length) {
    if (text[at] === "[") {
      const end = text.indexOf("]", at);
      if (end < 0) return undefined;
      const inner = text.slice(at + 1, end);
      if (expectsName) steps.push({ kind: "child", names: [inner], ofKey: false });
      else if (/^[0-9]+$/.test(inner)) steps.push({ kind: "index", text: inner });
      else return undefined;
      at = end + 1;
      expectsName = false;
    } else if (text[at] === "." && !expectsName) {
      at++;
      expectsName = true;
    } else if (expectsName) {
      const name = /^(?:\\.|[^.[\]{},=\\])+/s.exec(text.slice(at))?.[0];
      if (name === undefined) return undefined;
      steps.push({ kind: "child", names: [name.replace(/\\(.)/gs, "$1")], ofKey: false });
      at += name.length;
      expectsName = false;
    } else return undefined;
  }
  return expectsName ? undefined : steps;
}

/** True if a text has a mark of the old form: a name in brackets after a dot, or a dot after a backslash. */
export function looksOld(text: string): boolean {
  const outside = text.replace(/'[^']*'|"[^"]*"|\?\(.*?\)\]/g, "");
  return /(?:^|\.)\[[^'"?\d:*-]/.test(outside) || /\\\./.test(outside);
}

/** Returns a path of the old form in today's form. */
export function inTodaysForm(steps: readonly PathStep[]): string {
  return steps.map((step, at) => {
    if (step.kind === "index") return `[${step.text}]`;
    const [name = ""] = step.kind === "child" ? step.names : [];
    if (!/^[\w-]+$/.test(name)) return `["${name.replace(/["\\]/g, "\\$&")}"]`;
    return at === 0 ? name : `.${name}`;
  }).join("");
}
