/**
 * Finds tests of `.Capabilities.APIVersions` in templates that do not test what their author meant.
 *
 * @module
 */
import { FAMILIES, REBORN } from "../table.ts";
import { isAncient, type Judge, judgeOf, type ReportServer } from "./judge.ts";
import { isRemoved } from "./lifecycle.ts";

/** A test in a template that can be true for the wrong reason. */
export interface TemplateFinding {
  /** 1-based line. */
  readonly line: number;
  /** The finding, and what to write instead. */
  readonly text: string;
}

const COMMENT = /\{\{(?:- )?\s*\/\*[\s\S]*?\*\/\s*(?: -)?\}\}/g;
const ACTION = /\{\{[\s\S]*?\}\}/g;
const LITERAL = String.raw`"([^"\\]*)"|${"`([^`]*)`"}`;
/** `.Has "apps/v1"`, and `"apps/v1" | .Capabilities.APIVersions.Has`. */
const TEST = new RegExp(String.raw`\.Has\s+\(?\s*(?:${LITERAL})|(?:${LITERAL})\s*\|\s*[$\w.]*\.Has\b`, "g");

/**
 * Finds tests of a group version without a kind, such as `.Capabilities.APIVersions.Has
 * "networking.k8s.io/v1beta1"`, where the answer does not tell if the well-known kinds of the version exist:
 * the server may have the group version without them, or again for other kinds.
 *
 * @param text A template's text.
 * @param server The server to check against.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { reportTemplate } from "../mod.ts";
 *
 * const text = '{{ if .Capabilities.APIVersions.Has "networking.k8s.io/v1beta1" }}';
 * equal(reportTemplate(text, { kubeVersion: "1.25" })[0]?.line, 1);
 * equal(reportTemplate(text, { kubeVersion: "1.21" }).length, 0);
 * ```
 */
export function reportTemplate(text: string, server: ReportServer): TemplateFinding[] {
  const judge = judgeOf(server);
  return testsIn(text).flatMap(({ line, apiVersion }) => {
    const finding = ambiguity(apiVersion, judge);
    return finding === undefined ? [] : [{ line, text: finding }];
  });
}

/** Returns every test with a literal, and its line. */
function testsIn(source: string): { line: number; apiVersion: string }[] {
  const text = source.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, " "));
  return [...text.matchAll(ACTION)].flatMap(({ 0: action, index: start }) =>
    [...action.matchAll(TEST)].map(({ 1: a, 2: b, 3: c, 4: d, index }) => ({
      line: text.slice(0, start + index).split("\n").length,
      apiVersion: a ?? b ?? c ?? d ?? "",
    }))
  );
}

/** Returns what a test of a group version without a kind does not tell; `undefined` when it is correct. */
function ambiguity(apiVersion: string, judge: Judge): string | undefined {
  const gone: string[] = [];
  const served: string[] = [];
  for (const { kind, members } of FAMILIES) {
    const member = members.find((each) => each.apiVersion === apiVersion);
    if (member === undefined || isAncient(member)) continue;
    if (judge.isServed(apiVersion, kind)) served.push(kind);
    else if (isRemoved(member, judge)) gone.push(kind);
  }
  const reborn = REBORN.find((each) => each.apiVersion === apiVersion);
  const lost = reborn?.goneFor.filter((kind) => gone.includes(kind)) ?? gone;
  if (lost.length === 0 || served.length === 0 && reborn === undefined) return undefined;
  const since = reborn === undefined ? "" : ` from Kubernetes ${reborn.backSince} on`;
  return `.Capabilities.APIVersions.Has "${apiVersion}" names no kind: it can be true${since} for ` +
    `${(reborn?.backFor ?? served).join(", ")}, and says nothing of ${lost.join(", ")}; ` +
    `add the kind that is meant, as in "${apiVersion}/${lost[0]}"`;
}
