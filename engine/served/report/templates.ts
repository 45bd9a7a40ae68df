/**
 * Templates that ask for a group version which was gone and came back for other kinds.
 *
 * @module
 */
import { REBORN } from "../table.ts";

/** A test in a template that can be true for the wrong reason. */
export interface TemplateFinding {
  /** 1-based line. */
  readonly line: number;
  /** What was found, and what to write. */
  readonly text: string;
}

const HAS =
  /APIVersions\.Has\s+\(?\s*["`]([^"`\n]+)["`]|["`]([^"`\n]+)["`]\s*\|\s*(?:\$|\.Root)?\.Capabilities\.APIVersions\.Has/g;

/**
 * Returns the places where a template asks `.Capabilities.APIVersions.Has` for a group version without a kind, and
 * current servers have it for other kinds than the template means.
 *
 * @param text A template's text.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { reportTemplate } from "../mod.ts";
 *
 * const [found] = reportTemplate('{{ if .Capabilities.APIVersions.Has "networking.k8s.io/v1beta1" }}');
 * equal(found?.line, 1);
 * ```
 */
export function reportTemplate(text: string): TemplateFinding[] {
  return [...text.matchAll(HAS)].flatMap((match) => {
    const asked = match[1] ?? match[2] ?? "";
    const reborn = REBORN.find(({ apiVersion }) => apiVersion === asked);
    if (reborn === undefined) return [];
    const line = text.slice(0, match.index).split("\n").length;
    const { backSince, backFor, goneFor } = reborn;
    return [{
      line,
      text: `${asked} is served again since Kubernetes ${backSince}, for ${backFor.join(" and ")}, not for ` +
        `${goneFor.join(", ")}: ask for the kind too, as in "${asked}/${goneFor[0]}"`,
    }];
  });
}
