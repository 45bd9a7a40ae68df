/**
 * Text from charts, records and logs, made safe to look at.
 *
 * @module
 */

/**
 * Characters that change how a line looks without being seen: control characters but tabs and line feeds, marks of direction,
 * zero-width spaces, line separators, tags, and halves of surrogate pairs.
 */
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

/**
 * Returns a text whose hidden characters are written out, such as `‹U+202E›`.
 *
 * @param {string} text
 * @returns {string}
 */
export function shown(text) {
  return text.search(HIDDEN) < 0 ? text : text.replace(HIDDEN, code);
}

/** @param {string} character */
function code(character) {
  return `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`;
}

/**
 * Returns a text of at most `max` characters; a longer one ends in an ellipsis.
 *
 * @param {string} text
 * @param {number} max
 * @returns {string}
 */
export function cut(text, max) {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/**
 * Returns a text of at most `max` characters; of a longer one its end, after an ellipsis.
 *
 * @param {string} text
 * @param {number} max
 * @returns {string}
 */
export function tail(text, max) {
  return text.length <= max ? text : `…${text.slice(1 - max)}`;
}

/**
 * Returns a number and its noun, such as `1 object` or `10,031 objects`.
 *
 * @param {number} count
 * @param {string} noun In the singular.
 * @param {string} [plural] Absent: with an `s`.
 * @returns {string}
 */
export function counted(count, noun, plural = `${noun}s`) {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/**
 * Returns a number with a comma between thousands.
 *
 * @param {number} number
 * @returns {string}
 */
export function grouped(number) {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/**
 * Returns a size for people, such as `4.1 KiB`.
 *
 * @param {number} bytes
 * @returns {string}
 */
export function sized(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const [size, unit] = bytes < 1024 ** 2 ? [bytes / 1024, "KiB"] : [bytes / 1024 ** 2, "MiB"];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
