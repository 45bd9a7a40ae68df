/**
 * Keys: one letter, or two after each other such as `g f`. They are off in fields, and can be switched off.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

/** How long the second key of two may take. */
const SECOND_MS = 1500;
const OFF = "skeg-keys-off";

/**
 * The action of a key. `false` leaves the key to the browser.
 *
 * @typedef {(event: KeyboardEvent) => void | false} Act
 */

/** @type {{ current: Readonly<Record<string, Act>> }[]} */
const scopes = [];

/** False if the user switched single keys off, for this tab. */
export const keysOn = signal(sessionStorage.getItem(OFF) === null);

/** Switches single keys on or off. */
export function switchKeys() {
  keysOn.value = !keysOn.value;
  if (keysOn.value) sessionStorage.removeItem(OFF);
  else sessionStorage.setItem(OFF, "1");
}

/**
 * Keys of a component, while it is there. The youngest component that knows a key gets it.
 *
 * @param {Readonly<Record<string, Act>>} acts By key, as `KeyboardEvent.key` names it.
 */
export function useKeys(acts) {
  const scope = useRef(acts);
  scope.current = acts;
  // Before the page is painted: what is seen can be used.
  useLayoutEffect(() => {
    scopes.push(scope);
    return () => {
      scopes.splice(scopes.indexOf(scope), 1);
    };
  }, []);
}

/** Listens. Called once. */
export function startKeys() {
  let first = "";
  let until = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.metaKey || event.ctrlKey || event.altKey) return;
    const { key } = event;
    if (key === "Shift" || isField(event.target) && key !== "Escape") return;
    if (!keysOn.peek() && key.length === 1) return;
    const two = performance.now() < until ? `${first} ${key}` : "";
    until = 0;
    if (two !== "" && act(two, event)) return;
    if (isOwnKey(event)) return;
    if (act(key, event)) return;
    if (scopes.some(({ current }) => Object.keys(current).some((name) => name.startsWith(`${key} `)))) {
      first = key;
      until = performance.now() + SECOND_MS;
    }
  });
}

/**
 * @param {string} name
 * @param {KeyboardEvent} event
 */
function act(name, event) {
  for (const { current } of scopes.toReversed()) {
    const found = current[name];
    if (found === undefined || found(event) === false) continue;
    event.preventDefault();
    return true;
  }
  return false;
}

/** True for keys that a link or button takes itself. @param {KeyboardEvent} event */
function isOwnKey({ key, target }) {
  return (key === "Enter" || key === " ") && target instanceof HTMLElement &&
    target.closest("a, button, summary, label, input, [role=tab]") !== null;
}

/** True where keys are text. @param {EventTarget | null} target */
export function isField(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
