/**
 * Template functions about encodings: base64, base32 and readable JSON. Exports
 * `encodingFuncs`.
 *
 * Answers to sprig 2.22.0, `strings.go` and `defaults.go`.
 *
 * @module
 */

import { YamlError } from "../../../../errors.ts";
import {
  decodeBase32,
  decodeBase64,
  type DecodedText,
  encodeBase32,
  encodeBase64,
  fromBinary,
  toBinary,
} from "../../golang/mod.ts";
import { encodeJson } from "../../yaml/mod.ts";
import { define } from "./_define.ts";
import type { FuncTable } from "./func.ts";

/** Helm 2: the words of an error are the result. */
function decoded(base: 32 | 64, { binary, fault }: DecodedText): string {
  return fault === undefined ? fromBinary(binary) : `illegal base${base} data at input byte ${fault}`;
}

/** Tokens of compact JSON: a string, an empty pair of brackets, or any one character. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|\{\}|\[\]|[^"]/gs;

/** Breaks compact JSON into lines: Go's `json.Indent` with two blanks. */
function indentJson(text: string): string {
  let depth = 0;
  const line = (change: number): string => "\n" + "  ".repeat(depth += change);
  return text.replace(TOKEN, (token) => {
    switch (token) {
      case "{":
      case "[":
        return token + line(1);
      case "}":
      case "]":
        return line(-1) + token;
      case ",":
        return token + line(0);
      case ":":
        return ": ";
      default:
        return token;
    }
  });
}

/** Helm 2: what cannot be written as JSON is empty text. */
function toPrettyJson(value: unknown): string {
  try {
    return indentJson(encodeJson(value));
  } catch (error) {
    if (error instanceof YamlError) return "";
    throw error;
  }
}

/** Functions about encodings, by name. */
export const encodingFuncs: FuncTable = {
  b64enc: define(["string"], (text) => encodeBase64(toBinary(text))),
  b64dec: define(["string"], (text) => decoded(64, decodeBase64(toBinary(text)))),
  b32enc: define(["string"], (text) => encodeBase32(toBinary(text))),
  b32dec: define(["string"], (text) => decoded(32, decodeBase32(toBinary(text)))),
  toPrettyJson: define(["interface {}"], toPrettyJson),
};
