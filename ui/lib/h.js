/**
 * Elements. All text goes in as text nodes, with its hidden characters written out.
 *
 * @module
 */
import { h } from "preact";
import htm from "htm";
import { shown } from "./shown.js";

/** @typedef {import("preact").ComponentChildren} Children */
/** @typedef {import("preact").VNode<any>} Element */

/** Attributes that people read. */
const READ = ["title", "aria-label", "aria-description", "placeholder", "alt"];

/**
 * Makes an element. Strings among the children, and attributes that people read, pass {@link shown}; so a page cannot
 * forget it. The text of a signal does not: hand in its value.
 *
 * @param {any} type
 * @param {Record<string, unknown> | null} props
 * @param {...unknown} children
 * @returns {Element}
 */
function element(type, props, ...children) {
  if (typeof type === "string" && props !== null) {
    for (const name of READ) {
      const text = props[name];
      if (typeof text === "string") props[name] = shown(text);
    }
  }
  return h(type, props, ...children.map(safe));
}

/**
 * @param {unknown} child
 * @returns {any}
 */
function safe(child) {
  if (typeof child === "string") return shown(child);
  return Array.isArray(child) ? child.map(safe) : child;
}

/**
 * A template of elements: ``html`<b>${name}</b>` ``.
 *
 * @type {(strings: TemplateStringsArray, ...values: any[]) => Element}
 */
export const html = /** @type {any} */ (htm).bind(element);

/**
 * Returns the class names that are true, or `undefined`.
 *
 * @param {...(string | false | undefined)} names
 * @returns {string | undefined}
 */
export function classes(...names) {
  return names.filter(Boolean).join(" ") || undefined;
}
