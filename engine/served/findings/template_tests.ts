/**
 * Tests of `.Capabilities.APIVersions` in templates that do not say what their author meant.
 *
 * @module
 */
import { FAMILIES, REBORN } from "../table.ts";
import { isAncient, type Judge, judgeOf, type RemovedApiServer } from "./judge.ts";
import { isRemoved } from "./lifecycle.ts";

/** A template as its author wrote it. */
export interface TemplateSource {
  /** Such as `templates/ingress.yaml`. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
}

/** One finding in a template. */
export interface TemplateTestFinding {
  /** The template's path. */
  readonly path: string;
  /** Line in it, from 1. */
  readonly line: number;
  /** What is to be known about it. */
  readonly text: string;
}

const COMMENT = /\{\{(?:- )?\s*\/\*[\s\S]*?\*\/\s*(?: -)?\}\}/g;
const ACTION = /\{\{[\s\S]*?\}\}/g;
const LITERAL = String.raw`"([^"\\]*)"|${"`([^`]*)`"}`;
/** `.Has "apps/v1"`, and `"apps/v1" | .Capabilities.APIVersions.Has`. */
const TEST = new RegExp(String.raw`\.Has\s+(?:${LITERAL})|(?:${LITERAL})\s*\|\s*[$\w.]*\.Has\b`, "g");

/**
 * Finds tests of a group version without a kind, such as `.Capabilities.APIVersions.Has "networking.k8s.io/v1beta1"`, where
 * the answer says nothing about the kinds that the version was known for: the server has the group version without them,
 * or may have it again for other kinds.
 */
export function reportTemplateTests(
  templates: readonly TemplateSource[],
  server: RemovedApiServer,
): TemplateTestFinding[] {
  const judge = judgeOf(server);
  return templates.flatMap(({ path, text }) =>
    testsIn(text).flatMap(({ line, apiVersion }) => {
      const finding = ambiguity(apiVersion, judge);
      return finding === undefined ? [] : [{ path, line, text: finding }];
    })
  );
}

/** Every test with a literal, and the line that it stands on. */
function testsIn(source: string): { line: number; apiVersion: string }[] {
  const text = source.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, " "));
  return [...text.matchAll(ACTION)].flatMap(({ 0: action, index: start }) =>
    [...action.matchAll(TEST)].map(({ 1: a, 2: b, 3: c, 4: d, index }) => ({
      line: text.slice(0, start + index).split("\n").length,
      apiVersion: a ?? b ?? c ?? d ?? "",
    }))
  );
}

/** Says what a test of a group version without a kind does not tell; `undefined` when it is fine. */
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
