/**
 * Colours of logs: the escape sequences of terminals become names of classes.
 *
 * @module
 */

/**
 * A piece of a line that looks the same throughout.
 *
 * @typedef {object} Piece
 * @property {string} text
 * @property {string} classes Names of classes, such as `ansi-2 ansi-bold`; empty for plain text.
 */

/** A sequence that begins with ESC [, one that begins with ESC ], and ESC with one more character. */
// deno-lint-ignore no-control-regex
const SEQUENCE = /\u001b(?:\[([0-9;:]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;

/** @typedef {{ colour: string, back: string, bold: boolean, dim: boolean, italic: boolean, under: boolean }} Style */

/** @type {Style} */
const PLAIN = { colour: "", back: "", bold: false, dim: false, italic: false, under: false };

/**
 * Splits a line into pieces. Only colours and weights are kept; every other sequence is left out, as a terminal would obey it
 * and not print it.
 *
 * @param {string} line
 * @returns {Piece[]}
 */
export function ansiPieces(line) {
  if (!line.includes("\u001b")) return line === "" ? [] : [{ text: line, classes: "" }];
  /** @type {Piece[]} */
  const pieces = [];
  let style = PLAIN, from = 0;
  const add = (/** @type {string} */ text) => {
    if (text !== "") pieces.push({ text, classes: classesOf(style) });
  };
  for (const found of line.matchAll(SEQUENCE)) {
    add(line.slice(from, found.index));
    from = found.index + found[0].length;
    if (found[2] === "m") style = styled(style, found[1] ?? "");
  }
  add(line.slice(from));
  return pieces;
}

/**
 * Returns a part of a line.
 *
 * @param {readonly Piece[]} pieces
 * @param {number} from Position in the text that is read.
 * @param {number} to Position after the last character.
 * @returns {Piece[]}
 */
export function slicePieces(pieces, from, to) {
  /** @type {Piece[]} */
  const parts = [];
  let at = 0;
  for (const { text, classes } of pieces) {
    const part = text.slice(Math.max(0, from - at), Math.max(0, to - at));
    if (part !== "") parts.push({ text: part, classes });
    at += text.length;
  }
  return parts;
}

/**
 * Returns a line without escape sequences, for searching.
 *
 * @param {string} line
 */
export function withoutAnsi(line) {
  return line.includes("\u001b") ? line.replace(SEQUENCE, "") : line;
}

/**
 * @param {Style} style
 * @param {string} codes Such as `1;31`.
 * @returns {Style}
 */
function styled(style, codes) {
  let next = { ...style };
  const numbers = codes.split(/[;:]/).map(Number);
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at] ?? 0;
    if (code === 0) next = { ...PLAIN };
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.under = true;
    else if (code === 22) next.bold = next.dim = false;
    else if (code === 23) next.italic = false;
    else if (code === 24) next.under = false;
    else if (code >= 30 && code <= 37) next.colour = String(code - 30);
    else if (code >= 90 && code <= 97) next.colour = String(code - 90 + 8);
    else if (code >= 40 && code <= 47) next.back = String(code - 40);
    else if (code >= 100 && code <= 107) next.back = String(code - 100 + 8);
    else if (code === 39) next.colour = "";
    else if (code === 49) next.back = "";
    else if (code === 38 || code === 48) {
      // 5;N is one of 256 colours, of which the first 16 have names here; 2;R;G;B is any colour. The others stay plain.
      const isIndexed = numbers[at + 1] === 5;
      const index = isIndexed ? numbers[at + 2] ?? 16 : 16;
      const name = index < 16 ? String(index) : "";
      if (code === 38) next.colour = name;
      else next.back = name;
      at += isIndexed ? 2 : 4;
    }
  }
  return next;
}

/** @param {Style} style */
function classesOf({ colour, back, bold, dim, italic, under }) {
  return [
    colour === "" ? "" : `ansi-${colour}`,
    back === "" ? "" : `ansi-on-${back}`,
    bold ? "ansi-bold" : "",
    dim ? "ansi-dim" : "",
    italic ? "ansi-italic" : "",
    under ? "ansi-under" : "",
  ].filter((name) => name !== "").join(" ");
}
