/**
 * Why no pods are made: the words of an event or condition `FailedCreate`.
 *
 * @module
 */
import { firstLine } from "./pod_words.ts";

const QUOTA = /exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: (.+)$/;

/**
 * Returns the reason in short.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const said = 'pods "web-1" is forbidden: exceeded quota: team, requested: cpu=500m, used: cpu=4, limited: cpu=4';
 * equal(refusedPods(said), "exceeded quota team (cpu 4 of 4, 500m asked)");
 * ```
 */
export function refusedPods(message: string): string {
  const [, name, asked = "", used = "", limits = ""] = QUOTA.exec(firstLine(message, 2000)) ?? [];
  if (name !== undefined) return `exceeded quota ${name} (${quotaParts(asked, used, limits)})`;
  const text = firstLine(message).replace(/^Error creating: /, "");
  return text.replace(/^pods "[^"]*" is forbidden: /, "").replace(
    /^admission webhook "([^"]*)" denied the request: /,
    "webhook $1 refused them: ",
  );
}

function quotaParts(asked: string, used: string, limits: string): string {
  const [wanted, taken, most] = [asked, used, limits].map((text) =>
    new Map(text.split(",").map((pair) => pair.split("=", 2) as [string, string]))
  );
  return [...wanted ?? []].map(([key, value]) => `${key} ${taken?.get(key)} of ${most?.get(key)}, ${value} asked`).join(
    "; ",
  );
}
