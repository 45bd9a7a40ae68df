/**
 * "As a command": the command line that shows or does the same as the page.
 *
 * @module
 */
import { html } from "./h.js";
import { useKeys } from "./keys.js";
import { tell } from "./live.js";
import { commandLine } from "./store.js";

/** The button of the frame; `y` does the same. */
export function CommandButton() {
  useKeys({ y: () => commandLine.peek() === "" ? false : void copy(commandLine.peek()) });
  const text = commandLine.value;
  if (text === "") return null;
  return html`
    <button type="button" class="as-command" title="Copy the command that shows the same (y)"
      onClick=${() => void copy(text)}>as a command</button>
  `;
}

/**
 * Copies a text, and says so.
 *
 * @param {string} text
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    tell(`copied: ${text}`);
  } catch {
    tell(`the browser does not let pages copy: ${text}`);
  }
}
