/**
 * Tokens between scanner and parser.
 *
 * @module
 */

export const STREAM_END = 1;
export const VERSION_DIRECTIVE = 2;
export const TAG_DIRECTIVE = 3;
export const DOCUMENT_START = 4;
export const DOCUMENT_END = 5;
export const BLOCK_SEQUENCE_START = 6;
export const BLOCK_MAPPING_START = 7;
export const BLOCK_END = 8;
export const FLOW_SEQUENCE_START = 9;
export const FLOW_SEQUENCE_END = 10;
export const FLOW_MAPPING_START = 11;
export const FLOW_MAPPING_END = 12;
export const BLOCK_ENTRY = 13;
export const FLOW_ENTRY = 14;
export const KEY = 15;
export const VALUE = 16;
export const ALIAS = 17;
export const ANCHOR = 18;
export const TAG = 19;
/** A scalar without quotes: its text decides about its type. */
export const PLAIN = 20;
/** A quoted or block scalar: a string. */
export const QUOTED = 21;

/** One token. The scanner reuses its objects, so read a token before asking for the next one. */
export class Token {
  /** One of the constants above. */
  type = 0;
  /** 0-based line where it starts. */
  line = 0;
  /** Text of a scalar, name of an anchor, handle of a tag or directive, version. */
  value = "";
  /** Suffix of a tag, prefix of a tag directive. */
  suffix = "";
}
