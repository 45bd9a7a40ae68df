/**
 * The log of a container: followed, filtered, wrapped; the newest 10,000 lines are kept.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import { ansiPieces, slicePieces, withoutAnsi } from "../lib/ansi.js";
import { ApiError, apiPath, askLines } from "../lib/api.js";
import { html } from "../lib/h.js";
import { useKeys } from "../lib/keys.js";
import { useColumns, wraps } from "../lib/lines.js";
import { List } from "../lib/list.js";
import { say } from "../lib/live.js";
import { LogBuffer } from "../lib/log_lines.js";
import { field, setFields } from "../lib/router.js";
import { counted, grouped } from "../lib/shown.js";
import { Empty, Failure, Waiting } from "../lib/states.js";

/**
 * @import { Signal } from "@preact/signals"
 * @import { LogLine, PodContainer, UiFailure } from "../../app/ui/types.ts"
 * @import { KeptLine } from "../lib/log_lines.js"
 */

/** How often new lines are shown, in milliseconds. */
const SHOWN_EVERY_MS = 120;

/** @type {readonly (readonly [seconds: string, label: string])[]} */
const SINCE = [["", "all"], ["300", "5 min"], ["3600", "1 h"], ["86400", "1 d"]];

/**
 * The state of a stream.
 *
 * @typedef {"reading" | "following" | "ended"} Progress
 */

/**
 * @param {{ ctx: string, name: string, podns: string, pod: string, containers: readonly PodContainer[] }} props
 */
export function Log({ ctx, name, podns, pod, containers }) {
  const container = field("container") || (containers.find(({ init }) => !init) ?? containers[0])?.name || "";
  const [previous, since, isFollowing] = [
    field("previous") === "1",
    field("since"),
    field("follow") !== "0" && field("previous") !== "1",
  ];
  const path = apiPath(["releases", ctx, name, "logs", podns, pod], {
    container,
    since,
    previous: previous ? 1 : undefined,
    follow: isFollowing ? 1 : undefined,
  });
  const filter = useSignal("");
  const times = useSignal(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const { lines, total, dropped, progress, error, again } = useLog(path, filter);
  useKeys({
    "/": () => input.current?.select(),
    w: () => void (wraps.value = !wraps.value),
    f: () => setFields({ follow: isFollowing ? "0" : "", previous: "" }),
  });
  return html`<div class="text-tools log-tools">
      ${
    containers.length > 1 &&
    html`<label class="choice">container <select value=${container} onChange=${(/** @type {any} */ { target }) =>
      setFields({ container: target.value })}>${
      containers.map((each) => html`<option value=${each.name}>${each.name}</option>`)
    }</select></label>`
  }
      <input type="search" ref=${input} aria-label="Filter the log" placeholder="filter" autocomplete="off" spellcheck=${false}
        value=${filter.value} onInput=${(/** @type {any} */ { target }) => filter.value = target.value} />
      <label class="choice">since <select value=${since} onChange=${(/** @type {any} */ { target }) =>
    setFields({ since: target.value })}>${
    SINCE.map(([seconds, label]) => html`<option value=${seconds}>${label}</option>`)
  }</select></label>
      <${Toggle} on=${isFollowing} label="follow" act=${() =>
    setFields({ follow: isFollowing ? "0" : "", previous: "" })} />
      <${Toggle} on=${previous} label="previous" hint="The log of the container before its last restart"
        act=${() => setFields({ previous: previous ? "" : "1" })} />
      <${Toggle} on=${wraps.value} label="wrap" act=${() => wraps.value = !wraps.value} />
      <${Toggle} on=${times.value} label="times" act=${() => times.value = !times.value} />
      <span class="found" role="status">${words({ shown: lines.length, total, dropped, progress })}</span>
    </div>
    ${error && html`<${Failure} error=${error} title="The log could not be read" retry=${again} />`}
    ${
    total === 0
      ? error === undefined &&
        (progress === "reading" ? html`<${Waiting} what="the log" />` : html`<${Empty} title="The log is empty" />`)
      : html`<${Lines} lines=${lines} follow=${progress === "following"} times=${times.value} />`
  }`;
}

/** @param {{ on: boolean, label: string, hint?: string, act: () => void }} props */
function Toggle({ on, label, hint, act }) {
  return html`<button type="button" class="quiet" aria-pressed=${on} title=${hint} onClick=${act}>${label}</button>`;
}

/** @param {{ shown: number, total: number, dropped: number, progress: Progress }} facts */
function words({ shown, total, dropped, progress }) {
  const count = shown === total - dropped ? counted(total, "line") : `${grouped(shown)} of ${counted(total, "line")}`;
  const kept = dropped > 0 ? `, the newest ${grouped(total - dropped)} are kept` : "";
  return `${count}${kept}${progress === "following" ? ", following" : ""}`;
}

/**
 * Reads a log for as long as the component shows it.
 *
 * @param {string} path
 * @param {Signal<string>} filter
 */
function useLog(path, filter) {
  const buffer = useMemo(() => new LogBuffer(), []);
  const version = useSignal(0);
  const progress = useSignal(/** @type {Progress} */ ("reading"));
  const error = useSignal(/** @type {{ message: string, hint?: string | undefined } | undefined} */ (undefined));
  const attempt = useSignal(0);
  useEffect(() => {
    const end = new AbortController();
    /** @type {LogLine[]} */
    let arrived = [];
    const show = () => {
      if (arrived.length === 0) return;
      buffer.add(arrived);
      arrived = [];
      version.value++;
    };
    buffer.clear();
    version.value++;
    error.value = undefined;
    progress.value = "reading";
    const timer = setInterval(() => {
      show();
      if (progress.peek() === "reading" && path.includes("follow=1")) progress.value = "following";
    }, SHOWN_EVERY_MS);
    const read = async () => {
      try {
        for await (
          const line of /** @type {AsyncIterable<LogLine | UiFailure>} */ (askLines(path, { signal: end.signal }))
        ) {
          if ("error" in line) error.value = line.error;
          else arrived.push(line);
        }
      } catch (thrown) {
        if (end.signal.aborted) return;
        error.value = thrown instanceof ApiError ? thrown : { message: String(thrown) };
      }
      if (end.signal.aborted) return;
      clearInterval(timer);
      show();
      progress.value = "ended";
      say(counted(buffer.count, "line"));
    };
    void read();
    return () => {
      clearInterval(timer);
      end.abort();
    };
  }, [path, attempt.value]);
  const lines = useMemo(() => buffer.matching(filter.value), [version.value, filter.value]);
  return {
    lines,
    total: buffer.count,
    dropped: buffer.dropped,
    progress: progress.value,
    error: error.value,
    again: () => void attempt.value++,
  };
}

/** A line that is not wrapped ends here: no reader scrolls so far, and the browser would be slow. */
const LINE_MAX = 4000;

/**
 * One row: a line, or a part of it.
 *
 * @typedef {object} LogRow
 * @property {KeptLine} of
 * @property {number} from The first character of the text that is read, without escape sequences.
 * @property {number} to
 */

/** @param {{ lines: readonly KeptLine[], follow: boolean, times: boolean }} props */
function Lines({ lines, follow, times }) {
  const columns = useColumns().value - (times ? 22 : 0);
  const rows = useMemo(() => rowsOf(lines, wraps.value ? columns : 0), [lines, wraps.value, columns]);
  const cells = useCallback(
    (/** @type {LogRow} */ { of, from, to }) =>
      html`<span role="rowheader" class="number">${from === 0 ? of.number : ""}</span>${
        times && html`<span role="cell" class="time">${from === 0 ? of.time.slice(0, 19).replace("T", " ") : ""}</span>`
      }<code role="cell" class="code">${
        slicePieces(ansiPieces(of.text), from, to).map(({ text, classes }) =>
          classes === "" ? text : html`<span class=${classes}>${text}</span>`
        )
      }</code>`,
    [times],
  );
  return html`<${List} class=${
    times ? "text log with-times" : "text log"
  } label="Log" items=${rows} cells=${cells} follow=${follow} reuse=${true} />`;
}

/**
 * @param {readonly KeptLine[]} lines
 * @param {number} columns 0: lines are not wrapped.
 * @returns {LogRow[]}
 */
function rowsOf(lines, columns) {
  if (columns === 0) return lines.map((of) => ({ of, from: 0, to: LINE_MAX }));
  return lines.flatMap((of) => {
    const { length } = withoutAnsi(of.text);
    const parts = Math.max(1, Math.ceil(length / columns));
    return Array.from({ length: parts }, (_, part) => ({ of, from: part * columns, to: (part + 1) * columns }));
  });
}
