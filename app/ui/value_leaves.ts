/**
 * The leaves of computed values: where each comes from, and if a template reads it.
 *
 * @module
 */
import { isObject, sameJson } from "../../engine/base/mod.ts";
import { fromBytes } from "../../engine/lang/golang/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";
import type { WhyAnswers } from "../why.ts";
import { pathKey } from "./phrases.ts";
import type { ValueLeaf } from "./types.ts";

/** More leaves are not listed. */
const LEAVES_MAX = 5000;

/** The values of a revision, and the answers about its chart. */
export interface LeafSources {
  /** As templates saw them. */
  readonly computed: unknown;
  /** The same without secrets. */
  readonly masked: unknown;
  /** Given by the user. */
  readonly user: unknown;
  /** Answers about the rendered chart; absent when it cannot be rendered. */
  readonly why?: Pick<WhyAnswers, "source" | "isRead"> | undefined;
  readonly chart?: Chart | undefined;
}

/** Returns the leaves, in the order of keys. An empty map or list is a leaf. */
export function valueLeaves({ computed, masked, user, why, chart }: LeafSources): ValueLeaf[] {
  const mentions = chart === undefined ? undefined : mentionedValues(chart);
  const found: ValueLeaf[] = [];
  const visit = (value: unknown, shown: unknown, given: unknown, keys: readonly string[]): void => {
    if (found.length >= LEAVES_MAX) return;
    if (Array.isArray(value) && value.length > 0) {
      value.forEach((item, at) =>
        visit(item, at0(shown, at), given === undefined ? undefined : at0(given, at), [...keys, String(at)])
      );
    } else if (isObject(value) && Object.keys(value).length > 0) {
      for (const [key, inner] of Object.entries(value)) visit(inner, at0(shown, key), at0(given, key), [...keys, key]);
    } else if (keys.length > 0) {
      found.push(leafOf(keys, value, shown, { isGiven: given !== undefined, why, mentions }));
    }
  };
  visit(computed, masked, user, []);
  return found;
}

function at0(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[key] : undefined;
}

function leafOf(
  keys: readonly string[],
  value: unknown,
  shown: unknown,
  { isGiven, why, mentions }: {
    readonly isGiven: boolean;
    readonly why: LeafSources["why"];
    readonly mentions: ReadonlySet<string> | undefined;
  },
): ValueLeaf {
  const plain = keys.join(".");
  const from = why?.source(plain).source ?? "";
  return {
    path: keys.map((key, at) => /^\d+$/.test(key) && at > 0 ? `[${key}]` : `${at === 0 ? "" : "."}${pathKey(key)}`)
      .join(""),
    value: JSON.stringify(shown) ?? "null",
    source: isGiven ? "user" : from.startsWith("values.yaml") && isOfSubchart(from, keys) ? "parent" : "chart",
    from: from || (isGiven ? "given by the user" : "values.yaml of the chart"),
    dead: why === undefined || mentions === undefined ? null : !why.isRead(plain) && !isMentioned(mentions, keys),
    masked: !sameJson(value, shown),
  };
}

/** True if a default of the chart at the top overrides one of a subchart. */
function isOfSubchart(from: string, [first = ""]: readonly string[]): boolean {
  return from.startsWith(`charts/${first}/`);
}

/**
 * Returns the paths of values that the templates and requirements of a chart name anywhere, also in parts that wrote nothing.
 * An empty path: a template names all values at once.
 */
function mentionedValues(chart: Chart, prefix = ""): Set<string> {
  const found = new Set<string>();
  for (const { data } of chart.templates) {
    for (const [, path = ""] of fromBytes(data).matchAll(/\.Values((?:\.[A-Za-z_]\w*)*)/g)) {
      const below = path.slice(1);
      found.add(below.startsWith("global") ? below : join(prefix, below));
    }
  }
  for (const { path, data } of chart.files) {
    if (path !== "requirements.yaml") continue;
    for (const [, condition = ""] of fromBytes(data).matchAll(/^\s*(?:- )?condition:\s*["']?([\w.,-]+)/gm)) {
      for (const one of condition.split(",")) found.add(join(prefix, one));
    }
    found.add("tags");
  }
  for (const child of chart.dependencies) {
    for (const path of mentionedValues(child, join(prefix, child.metadata.name))) found.add(path);
  }
  return found;
}

const join = (prefix: string, path: string): string => [prefix, path].filter((part) => part !== "").join(".");

/** True if a mentioned path is a leaf's own, or is above or below it. */
function isMentioned(mentions: ReadonlySet<string>, keys: readonly string[]): boolean {
  if (mentions.has("")) return true;
  for (let length = 1; length <= keys.length; length++) if (mentions.has(keys.slice(0, length).join("."))) return true;
  const path = `${keys.join(".")}.`;
  return [...mentions].some((mention) => mention.startsWith(path));
}
