/**
 * Long texts: numbered lines, a search, and lines that can be chosen.
 *
 * @module
 */
import { signal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import { classes, html } from "./h.js";
import { useKeys } from "./keys.js";
import { List } from "./list.js";
import { say } from "./live.js";
import { counted, cut, grouped } from "./shown.js";
import { linesOf, textRows } from "./text_rows.js";

export { linesOf, textRows } from "./text_rows.js";

/**
 * @import { Signal } from "@preact/signals"
 * @import { Children } from "./h.js"
 * @import { TextRow } from "./text_rows.js"
 */

/** A line that is not wrapped is cut here: no reader scrolls so far, and the browser would be slow. */
const LINE_MAX = 4000;

/** True if long lines go on below; the same for all texts. */
export const wraps = signal(false);

/**
 * A text with numbers, a search, and `w` for wrapping.
 *
 * @param {{
 *   label: string,
 *   text: string,
 *   start?: number,
 *   yaml?: boolean,
 *   unified?: boolean,
 *   active?: Signal<number>,
 *   choose?: (line: number) => void,
 *   tools?: Children,
 * }} props `start`: the line that is shown first, from 1. `choose`: called with the line that was clicked. `tools`: beside the
 * search. `unified`: the text is a unified difference.
 */
export function Text({ label, text, start, yaml = false, unified = false, choose, tools, active: given }) {
  const lines = useMemo(() => linesOf(text), [text]);
  const search = useSignal("");
  const columns = useColumns();
  const rows = useMemo(() => textRows(lines, wraps.value ? columns.value : 0), [lines, wraps.value, columns.value]);
  const own = useSignal(start === undefined ? -1 : rows.findIndex(({ line }) => line === start));
  const active = given ?? own;
  const control = useMemo(() => /** @type {import("./list.js").Control} */ ({}), []);
  const hits = useMemo(() => found(rows, search.value), [rows, search.value]);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    if (start !== undefined && rows[active.peek()]?.line !== start) {
      control.go?.(rows.findIndex(({ line }) => line === start));
    }
  }, [start]);
  /** @param {1 | -1} step */
  const next = (step) => {
    const hit = step > 0
      ? hits.find((at) => at > active.peek()) ?? hits[0]
      : hits.findLast((at) => at < active.peek()) ?? hits.at(-1);
    if (hit === undefined) return;
    control.go?.(hit);
    say(`line ${rows[hit]?.line}, ${hits.indexOf(hit) + 1} of ${hits.length}`);
  };
  useKeys({
    "/": () => input.current?.select(),
    n: () => search.peek() === "" ? false : next(1),
    p: () => search.peek() === "" ? false : next(-1),
    N: () => search.peek() === "" ? false : next(-1),
    w: () => void (wraps.value = !wraps.value),
    Escape: () => search.peek() === "" ? false : void (search.value = ""),
  });
  const cells = useCallback(
    (/** @type {TextRow} */ { line, text, isRest }) =>
      html`<span role="rowheader" class="number">${isRest ? "" : line}</span><code role="cell" class="code">${
        marked(cut(text, LINE_MAX), search.value, yaml)
      }${
        text.length > LINE_MAX &&
        html`<span class="aside"> ${grouped(text.length - LINE_MAX)} more characters: w shows them</span>`
      }</code>`,
    [yaml, search.value],
  );
  return html`
    <div class="text-tools">
          <input type="search" ref=${input} aria-label=${`Search in ${label}`} placeholder="search" autocomplete="off" spellcheck=${false}
            value=${search.value} onInput=${(/** @type {any} */ { target }) => search.value = target.value}
            onKeyDown=${(/** @type {KeyboardEvent} */ event) => searchKey(event, next, search)} />
          <span class="found" role="status">${search.value === ""
            ? counted(lines.length, "line")
            : foundWords(hits.length)}</span>
          <button type="button" class="quiet" aria-pressed=${wraps.value} onClick=${() =>
            wraps.value = !wraps.value}>wrap</button>
          ${tools}
        </div>
    <${List} class=${classes("text", choose && "chooses")} label=${label} items=${rows} cells=${cells} active=${active}
      control=${control} reuse=${true}
      rowClass=${unified ? unifiedClass : undefined} open=${choose &&
        ((/** @type {TextRow} */ { line }) => choose(line))} />
  `;
}

/** The class of a line of a unified difference. @param {TextRow} row */
function unifiedClass({ text }) {
  return text.startsWith("@@") ? "u-head" : text.startsWith("+") ? "plus" : text.startsWith("-") && "minus";
}

/** @param {number} count */
function foundWords(count) {
  return count === 0 ? "not found" : `${grouped(count)} ${count === 1 ? "line has" : "lines have"} it`;
}

/**
 * @param {KeyboardEvent} event
 * @param {(step: 1 | -1) => void} next
 * @param {Signal<string>} search
 */
function searchKey(event, next, search) {
  if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
  else if (event.key !== "Escape") return;
  else {
    search.value = "";
    /** @type {HTMLElement} */ (event.currentTarget).blur();
  }
  event.preventDefault();
}

/**
 * @param {readonly TextRow[]} rows
 * @param {string} search
 * @returns {number[]} Positions of rows.
 */
function found(rows, search) {
  if (search === "") return [];
  const wanted = search.toLowerCase();
  return rows.flatMap(({ text }, at) => text.toLowerCase().includes(wanted) ? [at] : []);
}

/**
 * A line with what was searched for marked.
 *
 * @param {string} text
 * @param {string} search
 * @param {boolean} yaml
 * @returns {Children}
 */
function marked(text, search, yaml) {
  const at = search === "" ? -1 : text.toLowerCase().indexOf(search.toLowerCase());
  if (at < 0) return yaml ? yamlParts(text) : text;
  const end = at + search.length;
  return [text.slice(0, at), html`<mark>${text.slice(at, end)}</mark>`, marked(text.slice(end), search, false)];
}

/**
 * A line of YAML: keys and comments step back, so that values stand out.
 *
 * @param {string} text
 * @returns {Children}
 */
export function yamlParts(text) {
  const [, space = "", comment = ""] = /^(\s*)(#.*|---.*)$/.exec(text) ?? [];
  if (comment !== "") return html`${space}<span class="aside">${comment}</span>`;
  const key = /^(\s*(?:- )*)("[^"]*"|'[^']*'|[^\s"'#{[&*!|>-][^:#]*):(?=\s|$)/.exec(text);
  if (key === null) return text;
  return html`${key[1]}<span class="key">${key[2]}:</span>${text.slice(key[0].length)}`;
}

/** The columns that a wrapped line of this window has. */
const columnsOf = signal(100);

/** Measures how many characters fit into a line. @returns {Signal<number>} */
export function useColumns() {
  if (!isMeasured) startColumns();
  return columnsOf;
}

/** True once the width of the window is followed: from the first text on, since measuring loads its font. */
let isMeasured = false;

function startColumns() {
  isMeasured = true;
  const probe = document.createElement("code");
  probe.className = "code column-probe";
  probe.textContent = "0".repeat(100);
  document.body.append(probe);
  const measure = () => {
    const character = probe.getBoundingClientRect().width / 100 || 8;
    // Margins, the column of numbers, and the scroll bar.
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const { clientWidth } = document.documentElement;
    columnsOf.value = Math.max(24, Math.floor((clientWidth - (clientWidth < 50 * rem ? 6 : 8) * rem) / character));
  };
  measure();
  addEventListener("resize", measure);
}
