/**
 * Shows the progress of a release operation as lines on stderr.
 *
 * A terminal shows every hook and object, and what a wait is waiting for; a pipe gets plain lines, and only
 * with `--debug`. Standard output is never used: it is for Helm's text.
 *
 * @module
 */
import type { KubeProgress } from "../../engine/kube/mod.ts";
import type { ReleaseEvent } from "../../engine/release/mod.ts";
import { maskSecrets, showControls } from "../../engine/base/mod.ts";
import type { Colour, Printer } from "./print.ts";

/** Shows events. */
export interface Progress {
  /** Shows one. */
  readonly report: (event: ReleaseEvent) => void;
  /** Erases a line that is still being rewritten. */
  readonly end: () => void;
}

const VERBS: Readonly<Record<KubeProgress["verb"], string>> = {
  "create": "created",
  "update": "updated",
  "unchanged": "unchanged",
  "delete": "deleted",
  "keep": "kept",
  "warning": "",
  "replace": "replaced",
  "restore": "restored",
  "unclear": "may have been changed: the request was not answered",
  "wait": "waiting for",
  "hook-wait": "waiting for",
  "ready": "is ready",
};

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
  const text = `${waits ? `${VERBS[verb]} ${object}` : `${object} ${VERBS[verb]}`}${where}`;
  return { text: detail === "" ? text : `${text}: ${detail}`, colour: "dim", passing: waits };
}

/** Returns the progress of one command. */
export function progressOn(print: Printer, debug: boolean): Progress {
  return print.watched ? watchedProgress(print, debug) : pipedProgress(print, debug);
}

function pipedProgress(print: Printer, debug: boolean): Progress {
  let last = "";
  return {
    report(event) {
      const line = eventLine(event);
      if (line === undefined) return;
      // The same wait is reported with every check; a log shows it once.
      const shown = debug || isWarning(event);
      if (shown && !(line.passing && line.text === last)) print.err(`${line.text}\n`);
      last = line.text;
    },
    end: () => {},
  };
}

/** Prints lines for finished steps, and below them one that is rewritten: the current wait and its duration. */
function watchedProgress(print: Printer, debug: boolean): Progress {
  const waits = new Map<string, string>();
  let since = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  let drawn = false;
  const look = (colour: Colour) => print.colour ? { colour } : {};
  const wipe = (): void => {
    if (drawn) print.err("", { wipe: true });
    drawn = false;
  };
  const draw = (): void => {
    wipe();
    if (waits.size === 0) return;
    const seconds = Math.floor((Date.now() - since) / 1000);
    const count = waits.size > 1 ? `${waits.size} objects: ` : "";
    const text = `waiting${seconds > 0 ? ` ${seconds}s` : ""} for ${count}${[...waits.values()].join("; ")}`;
    // In its printed form, because the result must fit into the row.
    const row = showControls(maskSecrets(text.replaceAll(/\s+/g, " ")));
    print.err(cut(row, print.columns - 1), look("dim"));
    drawn = true;
  };
  const rest = (): void => {
    clearInterval(timer);
    timer = undefined;
    waits.clear();
  };
  return {
    report(event) {
      const line = eventLine(event);
      if (line === undefined || event.type === "log" && !debug) return;
      if (line.passing && event.type === "object") {
        const { object, namespace, detail } = event.progress;
        if (timer === undefined) [since, timer] = [Date.now(), setInterval(draw, 1000)];
        waits.set(`${namespace}/${object}`, detail === "" ? object : `${object}: ${detail}`);
      } else {
        wipe();
        if (event.type === "object" && event.progress.verb === "ready") {
          waits.delete(`${event.progress.namespace}/${event.progress.object}`);
        } else rest();
        print.err(`${line.text}\n`, look(line.colour));
      }
      draw();
    },
    end() {
      wipe();
      rest();
    },
  };
}

/** Cuts a text to one row: a wrapped line could not be erased. */
function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** True for events that belong into a log, too. */
function isWarning(event: ReleaseEvent): boolean {
  return event.type === "warning" || event.type === "note" && event.isDetail !== true ||
    event.type === "object" && event.progress.verb === "warning";
}
