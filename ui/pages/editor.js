/**
 * The editor of values: a text area with line numbers.
 *
 * @module
 */
import { useRef } from "preact/hooks";
import { classes, html } from "../lib/h.js";

/** @import { Signal } from "@preact/signals" */

/**
 * Returns the line that a message names, such as `yaml: line 3: did not find expected key`; 0 when it names none.
 *
 * @param {string} message
 */
export function lineOf(message) {
  return Number(/\bline (\d+)/.exec(message)?.[1] ?? 0);
}

/**
 * @param {{ label: string, value: Signal<string>, problem?: string | undefined, placeholder?: string }} props `problem`: a message
 * about the text; the line that it names is marked.
 */
export function Editor({ label, value, problem = "", placeholder = "" }) {
  const gutter = useRef(/** @type {HTMLElement | null} */ (null));
  const bad = lineOf(problem);
  const count = value.value.split("\n").length;
  return html`
    <div class="editor">
      <div class="gutter" aria-hidden="true" ref=${gutter}>${Array.from(
        { length: count },
        (_, at) => html`<span key=${at} class=${classes(at + 1 === bad && "bad")}>${at + 1}</span>`,
      )}</div>
      <textarea aria-label=${label} aria-invalid=${problem !== ""} placeholder=${placeholder} wrap="off" rows="12"
        autocomplete="off" autocapitalize="off"
        spellcheck=${false} value=${value.value} onInput=${(/** @type {any} */ { target }) =>
          value.value = target.value}
        onScroll=${(/** @type {any} */ { target }) => {
          if (gutter.current !== null) gutter.current.scrollTop = target.scrollTop;
        }} onKeyDown=${indent}></textarea>
    </div>
  `;
}

/**
 * Enter keeps the indentation of the line. Tab leaves the editor, as everywhere on the page.
 *
 * @param {KeyboardEvent} event
 */
function indent(event) {
  const { key, target, isComposing } = event;
  if (key !== "Enter" || isComposing || event.ctrlKey || event.metaKey || !(target instanceof HTMLTextAreaElement)) {
    return;
  }
  const { value, selectionStart, selectionEnd } = target;
  const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
  const space = /^ */.exec(line)?.[0] ?? "";
  if (space === "") return;
  event.preventDefault();
  target.setRangeText(`\n${space}`, selectionStart, selectionEnd, "end");
  target.dispatchEvent(new Event("input", { bubbles: true }));
}
