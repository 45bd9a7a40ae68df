/**
 * Decides which styles a text can be written in.
 *
 * Source: gopkg.in/yaml.v2 2.2.4, `emitterc.go` (`yaml_emitter_analyze_scalar`).
 *
 * @module
 */

import { isBlank, isBreak, LF, SPACE } from "./chars.ts";

/** The styles that a text allows, outside of brackets. */
export interface Analysis {
  readonly multiline: boolean;
  readonly plain: boolean;
  readonly single: boolean;
  readonly literal: boolean;
}

const FREE: Analysis = { multiline: false, plain: true, single: true, literal: true };
const EMPTY: Analysis = { multiline: false, plain: true, single: true, literal: false };

/** Beyond this length the pattern below costs more than the closer look. */
const ORDINARY_MAX = 256;
/** Texts that need no closer look. */
const ORDINARY =
  /^[A-Za-z0-9_/$(+=<;^~\\](?:[\w ./$()+=<;^~\\,*&!|>'"%@{}[\]?-]|:(?! |$))*(?<! )$|^[A-Za-z0-9_/$(+=<;^~\\]$/;
const START_INDICATORS = new Set(Array.from("#,[]{}&*!|>'\"%@`", (char) => char.charCodeAt(0)));
const QUESTION = 0x3f, COLON = 0x3a, DASH = 0x2d, HASH = 0x23;

/** True for a character that is written as it is. */
export function isPrintable(code: number): boolean {
  return code === LF || (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff);
}

/** True if the character at `at` forces quotes around the text. */
function isIndicator(text: string, at: number, afterBlank: boolean): boolean {
  const code = text.charCodeAt(at);
  const beforeBlank = at + 1 >= text.length || isBlank(text.charCodeAt(at + 1));
  if (code === COLON) return beforeBlank;
  if (at > 0) return code === HASH && afterBlank;
  return START_INDICATORS.has(code) || ((code === QUESTION || code === DASH) && beforeBlank);
}

/** Analyses a text in one pass. */
export function analyze(text: string): Analysis {
  if (text === "") return EMPTY;
  // Nearly all texts end here. The pattern must stay stricter than the loop below: it may only say
  // that all is free.
  if (text.length <= ORDINARY_MAX && ORDINARY.test(text)) return FREE;
  let indicators = text.startsWith("---") || text.startsWith("...");
  let breaks = false, special = false;
  let breakSpace = false, spaceBreak = false;
  // The start counts as after a blank, so that `#` at the start is an indicator.
  let afterBlank = true, afterSpace = false, afterBreak = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (!indicators) indicators = isIndicator(text, i, afterBlank);
    if (!isPrintable(code)) special = true;
    const isSpace = code === SPACE, isLineBreak = isBreak(code);
    if (isSpace && afterBreak) breakSpace = true;
    if (isLineBreak) {
      breaks = true;
      if (afterSpace) spaceBreak = true;
    }
    afterSpace = isSpace;
    afterBreak = isLineBreak;
    afterBlank = isBlank(code) || isLineBreak || code === 0;
  }
  // Blanks at the ends need quotes. The library also refuses the literal style for a blank at the
  // end.
  const last = text.charCodeAt(text.length - 1);
  const spaceAround = text.charCodeAt(0) === SPACE || last === SPACE;
  return {
    multiline: breaks,
    plain: !(indicators || breaks || special || spaceAround),
    single: !(breakSpace || spaceBreak || special),
    literal: !(last === SPACE || spaceBreak || special),
  };
}
