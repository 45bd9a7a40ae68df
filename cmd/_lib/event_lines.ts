/**
 * The events of a release operation as lines of text.
 *
 * @module
 */
import type { KubeProgress } from "../../engine/kube/mod.ts";
import type { ReleaseEvent } from "../../engine/release/mod.ts";
import { PROGRESS_VERBS } from "../../app/progress_verbs.ts";
import type { Colour } from "./print.ts";

/** Shows events. */
export interface Progress {
  /** Shows one. */
  readonly report: (event: ReleaseEvent) => void;
  /** Ends it, and takes away what is still being rewritten. */
  readonly end: (outcome?: ProgressOutcome) => void;
}

/** How a command ended. */
export interface ProgressOutcome {
  /** The error; `undefined` after a success. */
  readonly error?: unknown;
  /** True if a signal ended it: then what was waited for stays on the screen. */
  readonly isStopped?: boolean | undefined;
}

/** Text of an event and how it is shown. */
interface Line {
  readonly text: string;
  readonly colour: Colour;
  /** True if the next line replaces it on a terminal. */
  readonly passing: boolean;
}

/** Returns the line of one event. */
export function eventLine(event: ReleaseEvent): Line | undefined {
  const line = (text: string, colour: Colour = "dim", passing = false): Line => ({ text, colour, passing });
  switch (event.type) {
    case "log":
      return line(event.text.trimEnd());
    case "warning":
      return line(`WARNING: ${event.text.trimEnd()}`, "yellow");
    case "note":
      return line(event.isDetail ? `  ${event.text}` : `Note: ${event.text}`);
    case "hook":
      return hookLine(event.event, event.name, event.phase);
    case "record": {
      const { name, revision, info } = event.release;
      return line(`record ${name}.v${revision} ${event.verb}d: ${info.status.code}`);
    }
    case "object":
      return objectLine(event.progress);
    case "reason":
      return line(event.text);
    case "test":
      return undefined; // the command prints these itself
  }
}

function hookLine(event: string, name: string, phase: "start" | "done" | "failed"): Line {
  const words = { start: "started", done: "done", failed: "failed" };
  return { text: `hook ${event} ${name} ${words[phase]}`, colour: phase === "failed" ? "red" : "dim", passing: false };
}

function objectLine({ verb, object, namespace, detail }: KubeProgress): Line {
  if (verb === "warning") return { text: `WARNING: ${detail}`, colour: "yellow", passing: false };
  const waits = verb === "wait" || verb === "hook-wait";
  const where = namespace === "" ? "" : ` in ${namespace}`;
  const text = `${waits ? `${PROGRESS_VERBS[verb]} ${object}` : `${object} ${PROGRESS_VERBS[verb]}`}${where}`;
  return { text: detail === "" ? text : `${text}: ${detail}`, colour: "dim", passing: waits };
}

/** True for events that belong into a log, too. */
export function isWarning(event: ReleaseEvent): boolean {
  return event.type === "warning" || event.type === "note" && event.isDetail !== true ||
    event.type === "object" && event.progress.verb === "warning";
}
