/**
 * The reason for a change, in a few words.
 *
 * @module
 */
import type { Cause, Change } from "../../engine/kube/explain/mod.ts";
import { agoText } from "./changes_layout.ts";

/** The most value paths that a note names. */
const VALUES_MAX = 2;

/**
 * Returns the reason of a change, such as `values image.tag`; empty if none is known.
 *
 * @param isLive True for a comparison with the cluster: then only the author is of interest.
 */
export function causeText(change: Change, now: Date, isLive = false): string {
  if (isLive && !change.cause.includes("unknown")) return authorText(change, now).replace(/^ \(|\)$/g, "");
  const words = change.cause.map((cause) => causeWords(cause, change, now)).filter((text) => text !== "");
  const over = change.overEdit ? `over an edit${change.manager === undefined ? "" : ` by ${change.manager}`}` : "";
  return [...words, ...over === "" ? [] : [over]].join(", ");
}

function causeWords(cause: Cause, change: Change, now: Date): string {
  const [origin] = change.origin ?? [];
  switch (cause) {
    case "chart":
      if (origin?.template === undefined) return "chart";
      return `chart ${origin.template}${origin.line === undefined ? "" : `:${origin.line}`}`;
    case "values": {
      const { values = [] } = origin ?? {};
      const more = values.length > VALUES_MAX ? " ..." : "";
      return values.length === 0 ? "values" : `values ${values.slice(0, VALUES_MAX).join(", ")}${more}`;
    }
    case "render":
      return "each render";
    case "drift":
      return `drift, undone${authorText(change, now)}`;
    case "drift-stays":
      return `drift, stays${authorText(change, now)}`;
    case "manager":
      return `kept for ${change.manager ?? "another manager"}`;
    case "unknown":
      return "unknown to the server, dropped";
    case "server":
      return "changed by the server";
    case "release":
    case "default":
      return cause;
  }
}

function authorText({ manager, at = "" }: Change, now: Date): string {
  if (manager === undefined) return "";
  const age = agoText(at, now);
  return ` (${manager}${age === "" ? "" : `, ${age}`})`;
}
