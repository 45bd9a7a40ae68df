/**
 * The bars of README.md: three works that users wait for, beside Helm 2 with its Tiller.
 *
 * @module
 */
import type { Results } from "./results.ts";
import { ratio } from "./targets.ts";

/** Works that are shown: id and words. */
const SHOWN: readonly (readonly [id: string, words: string])[] = [
  ["list-10000", "`list` of a fleet with 10,000 revisions"],
  ["noop-500-20", "`upgrade` of 500 objects that changes nothing, 20 ms from the server"],
  ["template-created", "`template` of a small chart"],
];

/** Length of the bar for 1. */
const UNIT = 20;

/** Returns a bar of the length that a ratio of times has; at least one character. */
export function bar(share: number): string {
  return "█".repeat(Math.max(1, Math.round(share * UNIT)));
}

/** Returns the table, with the times that skeg takes where Helm 2 and Tiller take 1. */
export function speedBars(results: Results): string {
  const rows = SHOWN.map(([id, words]) => [words, ratio(results.get(id), "helm2")] as const);
  return barTable(rows);
}

/** Returns the table of shares. */
export function barTable(rows: readonly (readonly [words: string, share: number | undefined])[]): string {
  return [
    "| work | time of skeg, where Helm 2 with Tiller takes " + bar(1) + " 1 |",
    "|---|---|",
    ...rows.map(([words, share]) =>
      `| ${words} | ${share === undefined ? "–" : `${bar(share)} ${share.toFixed(2)}`} |`
    ),
  ].join("\n");
}
