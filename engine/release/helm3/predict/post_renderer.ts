/**
 * A post-renderer that keeps the old labels: a small program for charts that cannot be changed.
 *
 * @module
 */
import type { LabelMove } from "../plan_types.ts";

/** Characters of labels that mean something in a regular expression. */
const escaped = (text: string): string => text.replace(/[.[\]\\*^$/]/g, "\\$&");

/** The rule for one label as parts of a regular expression: its key, and the value that is replaced. */
function rule({ key, to }: LabelMove): { readonly key: string; readonly value: string } {
  return { key: escaped(key), value: escaped(to) };
}

/**
 * Returns a manifest with the values of the record in the labels that moved, as the program of {@linkcode postRendererScript}
 * returns it.
 */
export function keepLabels(manifest: string, moves: readonly LabelMove[]): string {
  let text = manifest;
  for (const move of moves) {
    const { key, value } = rule(move);
    const pattern = new RegExp(`(^|[ {,"'])(${key}["']?: *["']?)${value}(["']?[ },]*)$`, "gm");
    text = text.replace(
      pattern,
      (_, before: string, name: string, after: string) => `${before}${name}${move.from}${after}`,
    );
    const inner = new RegExp(`([ {,"'])(${key}["']?: *["']?)${value}(["']? *,)`, "g");
    text = text.replace(
      inner,
      (_, before: string, name: string, after: string) => `${before}${name}${move.from}${after}`,
    );
  }
  return text;
}

/**
 * Returns the text of a post-renderer: a script for any POSIX shell that reads manifests and writes them with the labels of the
 * record.
 *
 * @param release Name of the release, for the comment.
 */
export function postRendererScript(release: string, moves: readonly LabelMove[]): string {
  const commands = moves.flatMap((move) => {
    const { key, value } = rule(move);
    const kept = `\\1\\2${move.from.replace(/[&\\/]/g, "\\$&")}\\3`;
    return [
      `  -e "s/^()(${key}[\\"']?: *[\\"']?)${value}([\\"']?[ },]*)$/${kept}/"`,
      `  -e "s/([ {,\\"'])(${key}[\\"']?: *[\\"']?)${value}([\\"']?[ },]*)$/${kept}/"`,
      `  -e "s/([ {,\\"'])(${key}[\\"']?: *[\\"']?)${value}([\\"']? *,)/${kept}/g"`,
    ];
  });
  return [
    "#!/bin/sh",
    `# Keeps labels of release ${release} as Helm 2 set them. Helm 3 sets its own`,
    "# label on each object afterwards; selectors and pods keep the old values.",
    "#",
    "#   helm upgrade RELEASE CHART --post-renderer ./THIS-FILE",
    "#",
    "# Use it for every later upgrade too, until the objects are made anew.",
    "exec sed -E \\",
    commands.join(" \\\n"),
    "",
  ].join("\n");
}
