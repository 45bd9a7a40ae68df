/**
 * Progress as JSON lines, for programs. The form is versioned by `schema`; `docs/waiting.md` describes it.
 *
 * @module
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { fileError } from "../../errors.ts";
import type { KubeProgress } from "../../engine/kube/mod.ts";
import type { ReleaseEvent } from "../../engine/release/mod.ts";
import { maskSecrets } from "../../engine/base/mod.ts";
import type { Printer } from "./print.ts";
import { messageOf } from "./print.ts";
import { eventLine, isWarning, type Progress } from "./event_lines.ts";

const SCHEMA = 1;

/** Returns progress as JSON lines, on standard error or in a file. */
export function jsonProgress(print: Printer, file: string | undefined): Progress {
  const handle = file === undefined ? undefined : open(file);
  const write = (record: Record<string, unknown>): void => {
    const line = `${maskSecrets(JSON.stringify({ schema: SCHEMA, at: new Date().toISOString(), ...record }))}\n`;
    if (handle === undefined) print.err(line);
    else writeSync(handle, line);
  };
  return {
    report(event) {
      for (const record of recordsOf(event)) write(record);
      // Warnings are for people too.
      if (file !== undefined && isWarning(event)) print.err(`${eventLine(event)?.text ?? ""}\n`);
    },
    end(outcome) {
      const failed = outcome?.error !== undefined;
      write({ type: "end", status: failed ? "failed" : "ok", ...failed ? { error: messageOf(outcome?.error) } : {} });
      if (handle !== undefined) closeSync(handle);
    },
  };
}

function open(file: string): number {
  try {
    return openSync(file, "w");
  } catch (cause) {
    throw fileError("open", file, cause);
  }
}

/** Returns the records of an event. */
export function recordsOf(event: ReleaseEvent): Record<string, unknown>[] {
  switch (event.type) {
    case "object":
      return objectRecords(event.progress);
    case "hook":
      return [{ type: "hook", event: event.event, hook: event.name, phase: event.phase }];
    case "record": {
      const { name, revision, info } = event.release;
      return [{ type: "record", release: name, revision, verb: event.verb, status: info.status.code }];
    }
    case "log":
    case "warning":
    case "note":
    case "reason":
    case "test":
      return [{ type: event.type === "log" ? "message" : event.type, text: event.text.trimEnd() }];
  }
}

function objectRecords(progress: KubeProgress): Record<string, unknown>[] {
  const { verb, namespace, detail, state, since, pods = [], event = "" } = progress;
  const object = refOf(progress);
  switch (verb) {
    case "wait-start": {
      const { total, ready, timeoutSeconds } = progress;
      return [{ type: "start", namespace, total, ready, timeoutSeconds }];
    }
    case "wait-note":
    case "warning":
      return [{ type: verb === "warning" ? "warning" : "note", text: detail }];
    case "wait":
    case "hook-wait":
    case "ready": {
      const records: Record<string, unknown>[] = [{
        type: "state",
        object,
        state: state ?? (verb === "ready" ? "ready" : "progress"),
        reason: detail,
        ...since === undefined ? {} : { since: new Date(since).toISOString() },
        pods: pods.map(({ lines: _lines, ...pod }) => pod),
      }];
      if (event !== "") records.push({ type: "event", object, text: event });
      for (const { name, container, lines = [] } of pods) {
        if (lines.length > 0) records.push({ type: "log", object, pod: name, container, lines });
      }
      return records;
    }
    default:
      return [{ type: "object", object, verb, ...detail === "" ? {} : { detail } }];
  }
}

function refOf({ object, namespace }: KubeProgress): Record<string, string> {
  const slash = object.indexOf("/");
  return { kind: object.slice(0, slash), namespace, name: object.slice(slash + 1) };
}
