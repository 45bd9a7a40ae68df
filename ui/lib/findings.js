/**
 * The findings of doctor about the releases of the fleet: asked once for all of them, after everything that is on screen.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { askLines } from "./api.js";

/** @import { FindingsLine } from "../../app/ui/types.ts" */
/** @typedef {FindingsLine["rows"][number]} FindingsRow */

/** Rows and their health come first. */
const WAIT_MS = 4000;

/** By context, then by release. @type {import("@preact/signals").Signal<ReadonlyMap<string, Map<string, FindingsRow>>>} */
const known = signal(new Map());

/**
 * The findings of a release; `null` when there are none, `undefined` while they are not known.
 *
 * @param {string} ctx
 * @param {string} name
 * @returns {FindingsRow | null | undefined}
 */
export function findingsOf(ctx, name) {
  const found = known.value.get(ctx);
  return found && (found.get(name) ?? null);
}

/**
 * Asks for the findings of a context while the component is there; of all contexts for an empty name. The program remembers
 * them for some minutes.
 *
 * @param {string} ctx
 */
export function useFindings(ctx) {
  useEffect(() => {
    const end = new AbortController();
    const timer = setTimeout(async () => {
      try {
        for await (
          const line
            of /** @type {AsyncIterable<FindingsLine>} */ (askLines(`/findings?ctx=${encodeURIComponent(ctx)}`, end))
        ) {
          if (!line.error) {
            known.value = new Map(known.peek()).set(line.ctx, new Map(line.rows.map((row) => [row[0], row])));
          }
        }
      } catch {
        // A failure is noted in the activity; the next visit asks again.
      }
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [ctx]);
}
