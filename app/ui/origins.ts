/**
 * Where a line or a field of a revision's manifest comes from.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { ValueFact } from "../../engine/chart/why/mod.ts";
import type { Release } from "../../engine/model/mod.ts";
import type { ReleaseMask } from "../../engine/release/mod.ts";
import { clusterOf, type UiCall } from "./call.ts";
import { wholeNumber } from "./fields.ts";
import { answersAbout } from "./kept_answers.ts";
import { fieldAtLine } from "./line_fields.ts";
import { maskOf } from "./masks.ts";
import type { OriginAnswer, OriginValue, ValueUsesAnswer } from "./types.ts";

/** Answers the question of a query: `line=`, `object=` and `path=`, or `value=`. */
export async function originAnswer(call: UiCall, release: Release): Promise<OriginAnswer | ValueUsesAnswer> {
  const { query, signal } = call;
  const { name, revision } = release;
  const why = await answersAbout(clusterOf(call), { name, revision }, { now: call.ui.now, signal });
  const value = query.get("value");
  if (value !== null) {
    return {
      uses: why.value(plainPath(value)).map(({ object, path, isCondition }) => ({ object, path, isCondition })),
    };
  }
  const mask = await maskOf(call.ui, [release]);
  const line = wholeNumber(query.get("line"), "line", 1);
  const asked = line === undefined
    ? { object: query.get("object") ?? "", path: query.get("path") ?? "" }
    // Lines are those of the text that the page shows.
    : fieldAtLine(mask.manifest(release.manifest), line);
  if (asked.object === "") throw new SkegError("usage", "name a line, an object, or a value");
  const origin = why.field(asked.object, asked.path);
  const isSecret = /^secret\//i.test(origin.object);
  return {
    object: origin.object,
    path: origin.path,
    text: shownText(origin.path, origin.text ?? "", isSecret, mask),
    places: origin.places.map(({ file, line, text }) => ({ file, line, text: mask.text(text) })),
    values: origin.values.map((fact) => shownValue(fact, isSecret, mask)),
    conditions: origin.conditions.map((fact) => shownValue(fact, false, mask)),
  };
}

/** Returns the path of `--set` as answers write it: indexes as parts of their own. */
function plainPath(path: string): string {
  return path.replaceAll(/\[(\d+)\]/g, ".$1").replaceAll(/\\(.)/g, "$1");
}

function shownValue({ path, text = "", source }: ValueFact, isSecret: boolean, mask: ReleaseMask): OriginValue {
  return { path, text: shownText(path, text, isSecret, mask), source };
}

/** Masks a text by the name of its field; in a Secret, every text. */
function shownText(path: string, text: string, isSecret: boolean, mask: ReleaseMask): string {
  if (text === "") return "";
  if (isSecret) {
    const masked = mask.object({ apiVersion: "v1", kind: "Secret", stringData: { text } }).stringData as {
      text: string;
    };
    return masked.text;
  }
  const key = path.split(/[.[\]]+/).filter((part) => part !== "").at(-1) ?? "";
  return (mask.values({ [key]: text }) as Record<string, string>)[key] ?? "";
}
