/**
 * Texts as rows of a list.
 *
 * @module
 */

/**
 * One row of a text: a line, or a part of it when lines are wrapped.
 *
 * @typedef {object} TextRow
 * @property {number} line From 1.
 * @property {string} text
 * @property {boolean} isRest True for the parts after a line's first.
 */

/**
 * Returns the rows of a text.
 *
 * @param {readonly string[]} lines
 * @param {number} columns 0: lines are not wrapped.
 * @returns {TextRow[]}
 */
export function textRows(lines, columns) {
  /** @type {TextRow[]} */
  const rows = [];
  for (const [at, text] of lines.entries()) {
    if (columns === 0 || text.length <= columns) {
      rows.push({ line: at + 1, text, isRest: false });
      continue;
    }
    for (let from = 0; from < text.length; from += columns) {
      rows.push({ line: at + 1, text: text.slice(from, from + columns), isRest: from > 0 });
    }
  }
  return rows;
}

/**
 * Returns the lines of a text; a last empty one is left out.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function linesOf(text) {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
