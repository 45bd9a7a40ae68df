/**
 * Scans anchors, aliases, tags and directives.
 *
 * @module
 */

import { hexValue, isBlank, isBlankOrEnd, isDigit, isHex, isUri, isWord } from "./chars.ts";
import { skipToLineEnd } from "./scan_block.ts";
import type { Source } from "./source.ts";
import { TAG_DIRECTIVE, VERSION_DIRECTIVE } from "./token.ts";

const BANG = 0x21, PERCENT = 0x25, LESS = 0x3c, GREATER = 0x3e, DOT = 0x2e;
const AFTER_ANCHOR = "?:,]}%@`";

/** Reads a run of letters, digits, `_` and `-`. */
function scanWord(source: Source): string {
  const start = source.pos;
  source.need(1);
  while (isWord(source.text.charCodeAt(source.pos))) {
    source.pos++;
    source.need(1);
  }
  return source.text.slice(start, source.pos);
}

function skipBlanks(source: Source): void {
  source.need(1);
  while (isBlank(source.text.charCodeAt(source.pos))) {
    source.pos++;
    source.need(1);
  }
}

/** Two parts of a tag or of a directive. */
export interface Parts {
  readonly value: string;
  readonly suffix: string;
}

/** Reads the anchor or alias that starts here, and returns its name. */
export function scanAnchor(source: Source): string {
  source.pos++;
  const name = scanWord(source);
  const code = source.text.charCodeAt(source.pos);
  if (name === "" || !(isBlankOrEnd(code) || AFTER_ANCHOR.includes(String.fromCharCode(code)))) {
    throw source.scanError("did not find expected alphabetic or numeric character");
  }
  return name;
}

/** Reads `!`, `!!` or `!name!`, or the start of a local tag. */
function scanHandle(source: Source, directive: boolean): string {
  const text = source.text;
  source.need(1);
  if (text.charCodeAt(source.pos) !== BANG) throw source.scanError("did not find expected '!'");
  const start = source.pos++;
  scanWord(source);
  if (text.charCodeAt(source.pos) === BANG) source.pos++;
  else if (directive && source.pos > start + 1) throw source.scanError("did not find expected '!'");
  return text.slice(start, source.pos);
}

/** Reads one character written as `%XX` octets. */
function scanUriEscape(source: Source): string {
  const text = source.text;
  const octets: number[] = [];
  let width = 1;
  do {
    source.need(3);
    const high = text.charCodeAt(source.pos + 1), low = text.charCodeAt(source.pos + 2);
    if (text.charCodeAt(source.pos) !== PERCENT || !isHex(high) || !isHex(low)) {
      throw source.scanError("did not find URI escaped octet");
    }
    const octet = hexValue(high) * 16 + hexValue(low);
    if (octets.length === 0) {
      // The first octet of a UTF-8 character says how many follow.
      width = octet < 0x80 ? 1 : octet < 0xc0 ? 0 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : octet < 0xf8 ? 4 : 0;
      if (width === 0) throw source.scanError("found an incorrect leading UTF-8 octet");
    } else if ((octet & 0xc0) !== 0x80) {
      throw source.scanError("found an incorrect trailing UTF-8 octet");
    }
    octets.push(octet);
    source.pos += 3;
  } while (octets.length < width);
  return new TextDecoder().decode(new Uint8Array(octets));
}

/** Reads the characters of a tag; `head` is the part that was read already. */
function scanUri(source: Source, head: string): string {
  let uri = head.slice(1);
  let found = head !== "";
  source.need(1);
  for (;;) {
    const code = source.text.charCodeAt(source.pos);
    if (!isUri(code)) break;
    if (code === PERCENT) uri += scanUriEscape(source);
    else uri += source.text[source.pos++];
    source.need(1);
    found = true;
  }
  if (!found) throw source.scanError("did not find expected tag URI");
  return uri;
}

/** Reads the tag that starts here: its handle, and the rest. */
export function scanTag(source: Source): Parts {
  const text = source.text;
  let handle = "", suffix: string;
  source.need(2);
  if (text.charCodeAt(source.pos + 1) === LESS) {
    source.pos += 2;
    suffix = scanUri(source, "");
    if (text.charCodeAt(source.pos) !== GREATER) throw source.scanError("did not find the expected '>'");
    source.pos++;
  } else {
    handle = scanHandle(source, false);
    if (handle.length > 1 && handle.endsWith("!")) {
      suffix = scanUri(source, "");
    } else {
      // No second `!`: it was not a handle but the beginning of the tag itself.
      suffix = scanUri(source, handle);
      handle = "!";
      if (suffix === "") [handle, suffix] = ["", "!"];
    }
  }
  source.need(1);
  if (!isBlankOrEnd(text.charCodeAt(source.pos))) {
    throw source.scanError("did not find expected whitespace or line break");
  }
  return { value: handle, suffix };
}

/** Reads the directive that starts here, up to the next line. */
export function scanDirective(source: Source): Parts & { readonly type: number } {
  source.pos++;
  const name = scanWord(source);
  if (name === "") throw source.scanError("could not find expected directive name");
  if (!isBlankOrEnd(source.text.charCodeAt(source.pos))) {
    throw source.scanError("found unexpected non-alphabetical character");
  }
  if (name !== "YAML" && name !== "TAG") throw source.scanError("found unknown directive name");
  const type = name === "YAML" ? VERSION_DIRECTIVE : TAG_DIRECTIVE;
  const parts = name === "YAML" ? { value: scanVersion(source), suffix: "" } : scanTagDirective(source);
  skipToLineEnd(source);
  return { type, ...parts };
}

function scanVersion(source: Source): string {
  skipBlanks(source);
  const major = scanVersionNumber(source);
  if (source.text.charCodeAt(source.pos) !== DOT) {
    throw source.scanError("did not find expected digit or '.' character");
  }
  source.pos++;
  return `${major}.${scanVersionNumber(source)}`;
}

function scanVersionNumber(source: Source): number {
  const start = source.pos;
  source.need(1);
  while (isDigit(source.text.charCodeAt(source.pos))) {
    if (source.pos - start === 2) throw source.scanError("found extremely long version number");
    source.pos++;
    source.need(1);
  }
  if (source.pos === start) throw source.scanError("did not find expected version number");
  return Number(source.text.slice(start, source.pos));
}

function scanTagDirective(source: Source): Parts {
  skipBlanks(source);
  const handle = scanHandle(source, true);
  source.need(1);
  if (!isBlank(source.text.charCodeAt(source.pos))) throw source.scanError("did not find expected whitespace");
  skipBlanks(source);
  const prefix = scanUri(source, "");
  source.need(1);
  if (!isBlankOrEnd(source.text.charCodeAt(source.pos))) {
    throw source.scanError("did not find expected whitespace or line break");
  }
  return { value: handle, suffix: prefix };
}
