/**
 * Decodes YAML text into JSON-like data.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import { decodeDocument, type IntegerMode, type RepeatedKey } from "./decode.ts";
import { parseDocument } from "./parser.ts";

/** How YAML is decoded. */
export interface DecodeOptions {
  /** Returns integers beyond 2^53 as `Int`, with all their digits, instead of the nearest float64. */
  readonly exactIntegers?: boolean;
  /** Refuses documents with more scalars, collections and aliases. Default: no limit. */
  readonly nodesMax?: number;
  /** Called for every key that its map has already; the last value wins. */
  readonly onRepeatedKey?: (found: RepeatedKey) => void;
}

/** Decodes text and leaves errors without a prefix. */
export function decodeText(
  text: string,
  integers: IntegerMode,
  { nodesMax, onRepeatedKey }: Pick<DecodeOptions, "nodesMax" | "onRepeatedKey"> = {},
): unknown {
  const document = parseDocument(text, nodesMax);
  return document === undefined ? null : decodeDocument(document, integers, onRepeatedKey);
}

/**
 * Returns the first document of a YAML text as JSON-like data.
 *
 * Maps have a `null` prototype, numbers are float64. Every call and every alias makes new objects.
 * Throws `YamlError` with the library's message.
 *
 * Source: ghodss/yaml c7ce166, `YAMLToJSON`, over gopkg.in/yaml.v2 2.2.4.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { yamlToJson } from "./mod.ts";
 *
 * deepEqual({ ...yamlToJson("on: 0644\n") as object }, { true: 420 });
 * ```
 */
export function yamlToJson(text: string, options: DecodeOptions = {}): unknown {
  return decodeText(text, options.exactIntegers ? "exact" : "float64", options);
}

/**
 * Like {@linkcode yamlToJson}, with the prefix in front of an error that every user of the library
 * sees.
 *
 * Source: ghodss/yaml c7ce166, `Unmarshal` into an empty interface.
 */
export function decodeYaml(text: string, options: DecodeOptions = {}): unknown {
  try {
    return yamlToJson(text, options);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new YamlError(`error converting YAML to JSON: ${error.message}`, error.line);
  }
}
