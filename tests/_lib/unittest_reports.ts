/**
 * Reports of chart tests without what changes from run to run.
 *
 * @module
 */

/** Kinds of reports that helm-unittest writes. */
export const UPSTREAM_REPORTS = ["JUnit", "NUnit", "XUnit", "Sonar"] as const;

const CHANGING = "time timestamp duration run-date run-time date hostname platform cwd machine-name user user-domain " +
  "current-culture current-uiculture";

/** Returns a report with a dash for times, machines and users. */
export function maskedReport(text: string): string {
  const names = CHANGING.replaceAll(" ", "|");
  return text.replace(new RegExp(` (${names})="[^"]*"`, "g"), ' $1="-"')
    .replace(/<environment>[^<]*<\/environment>/g, "<environment>-</environment>");
}

/** Returns the text on standard output without the time. */
export function maskedText(text: string): string {
  return text.replace(/^Time: .*$/m, "Time: -");
}
