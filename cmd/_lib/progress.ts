/**
 * What happens while a release changes → lines on stderr.
 *
 * A person at a terminal sees every hook and object, and what a wait waits
 * for; a pipe sees plain lines, and only with `--debug`. Standard output is
 * never touched: it belongs to Helm's own text.
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
  /** Takes a line that is still being rewritten off the screen. */
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
  "restore": "put back",
  "unclear": "may have been changed: the request was not answered",
  "wait": "waiting for",
  "hook-wait": "waiting for",
  "ready": "is ready",
};

/** Text of an event and how it is shown. */
interface Line {
  readonly text: string;
  readonly colour: Colour;
  /** Replaced by whatever comes next, when a person watches. */
  readonly passing: boolean;
}

/** The words of one event. */
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

/** Makes the progress of one command. */
export function progressOn(print: Printer, debug: boolean): Progress {
  return print.watched ? watchedProgress(print, debug) : pipedProgress(print, debug);
}

function pipedProgress(print: Printer, debug: boolean): Progress {
  let last = "";
  return {
    report(event) {
      const line = eventLine(event);
      if (line === undefined) return;
      // The same wait is reported at every look; a log tells it once.
      const shown = debug || isWarning(event);
      if (shown && !(line.passing && line.text === last)) print.err(`${line.text}\n`);
      last = line.text;
    },
    end: () => {},
  };
}

/** Lines for what is done, and below them one that is rewritten: what is still waited for, and how long already. */
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
    // As it will be printed: it has to fit into the row, whatever others wrote.
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

/** Text that fits into one row: one that wraps could not be wiped. */
function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** True for what belongs into a log, too. */
function isWarning(event: ReleaseEvent): boolean {
  return event.type === "warning" || event.type === "note" && event.isDetail !== true ||
    event.type === "object" && event.progress.verb === "warning";
}
