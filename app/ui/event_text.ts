/**
 * Events of operations as lines of text.
 *
 * @module
 */
import type { ReleaseEvent } from "../../engine/release/mod.ts";
import { PROGRESS_VERBS } from "../progress_verbs.ts";

const VERBS: typeof PROGRESS_VERBS = { ...PROGRESS_VERBS, "wait": "waits", "hook-wait": "waits" };

/** Returns the text of an event; empty for one that is not shown. */
export function eventText(event: ReleaseEvent): string {
  switch (event.type) {
    case "hook":
      return `hook ${event.event} ${event.name}: ${event.phase}`;
    case "record": {
      const { name, revision, info } = event.release;
      return `record ${name}.v${revision} ${event.verb}d: ${info.status.code}`;
    }
    case "object": {
      const { verb, object, detail } = event.progress;
      const words = [object, VERBS[verb], detail].filter((word) => word !== "");
      return words.length === 0 ? "" : [words.slice(0, 2).join(" "), ...words.slice(2)].join(": ");
    }
    default:
      return event.text.trimEnd();
  }
}
