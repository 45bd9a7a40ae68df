/**
 * Decodes the tree of a document into JSON-like data.
 *
 * It keeps its own stack, so that deep documents do not exhaust the call stack. Scalars,
 * collections and aliases are counted as the library counts them, to refuse documents that grow by
 * aliases.
 *
 * Source: gopkg.in/yaml.v2 2.2.4, `decode.go`; ghodss/yaml c7ce166.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import { type GoMap, Int, newMap } from "../golang/mod.ts";
import { goSyntax } from "./go_syntax.ts";
import { type BadKey, checkFloats, checkKeys } from "./json_limits.ts";
import {
  ALIAS_NODE,
  type Child,
  type Document,
  isCollection,
  MAPPING,
  type Node,
  SCALAR,
  SEQUENCE,
  targetOf,
} from "./node.ts";
import { fitsInt64 } from "./number.ts";
import { isMergeKey, keyText, resolveNode } from "./scalar_node.ts";

/**
 * How integers are returned: `float64` all as float64, as in Helm; `exact` those beyond 2^53 as
 * `Int`; `all` every one as `Int`.
 */
export type IntegerMode = "float64" | "exact" | "all";

/** A key that its map has already. */
export interface RepeatedKey {
  /** Its text. */
  readonly key: string;
  /** 1-based line of the value; `undefined` for a plain scalar. */
  readonly line: number | undefined;
  /** 1-based line on which the map begins. */
  readonly mapLine: number;
  /** True if the map is the whole document. */
  readonly isTop: boolean;
}

/** Marks a value that is still being decoded. */
const PENDING = Symbol("pending");

/** A collection that is being filled, an alias being followed, or a list of merges. */
interface Frame {
  readonly node: Node;
  readonly into: GoMap | unknown[] | undefined;
  index: number;
  /** Key that waits for its value; `undefined` when JSON cannot have it. */
  key: string | undefined;
  /** A collection in the place of a key. */
  badKey?: Child;
  /** True if the result goes into a map that exists already, so that it is not delivered. */
  readonly merged: boolean;
}

/** Returns the content of the document. */
export function decodeDocument(
  document: Document,
  integers: IntegerMode,
  onRepeatedKey?: (found: RepeatedKey) => void,
): unknown {
  const decoder = new Decoder(document, integers, onRepeatedKey);
  const value = decoder.decode();
  if (decoder.hasOddFloat) checkFloats(value);
  return value;
}

/** Like {@linkcode decodeDocument}, but infinities and NaN, which JSON does not have, are returned too. */
export function decodeTree(document: Document, integers: IntegerMode): unknown {
  return new Decoder(document, integers).decode();
}

/**
 * Returns the share of all decoded nodes that may come from aliases. The limits are those of
 * `allowedAliasRatio`.
 */
function allowedAliasPart(count: number): number {
  if (count <= 400_000) return 0.99;
  if (count >= 4_000_000) return 0.10;
  return 0.99 - 0.89 * ((count - 400_000) / 3_600_000);
}

class Decoder {
  readonly #document: Document;
  readonly #integers: IntegerMode;
  readonly #onRepeatedKey: ((found: RepeatedKey) => void) | undefined;
  readonly #stack: Frame[] = [];
  /** Alias nodes being followed. */
  readonly #following = new Set<Node>();
  readonly #badKeys = new Map<GoMap, Map<string, BadKey>>();
  readonly #typeErrors: string[] = [];
  /** True once an infinity or NaN was decoded. */
  hasOddFloat = false;
  #count = 0;
  #aliasCount = 0;

  constructor(document: Document, integers: IntegerMode, onRepeatedKey?: (found: RepeatedKey) => void) {
    this.#onRepeatedKey = onRepeatedKey;
    this.#document = document;
    this.#integers = integers;
  }

  decode(): unknown {
    const stack = this.#stack;
    let value = this.#begin(this.#document.root);
    while (stack.length > 0) {
      const frame = stack[stack.length - 1] as Frame;
      const next = this.#advance(frame);
      if (next === PENDING) continue;
      stack.pop();
      if (frame.node.kind === ALIAS_NODE) this.#following.delete(frame.node);
      const parent = stack[stack.length - 1];
      if (parent === undefined) value = next;
      else if (!frame.merged) this.#deliver(parent, next);
    }
    if (this.#typeErrors.length > 0) {
      throw new YamlError(`yaml: unmarshal errors:\n  ${this.#typeErrors.join("\n  ")}`);
    }
    if (this.#badKeys.size > 0) checkKeys(value, this.#badKeys);
    return value;
  }

  #deliver(frame: Frame, value: unknown): void {
    if (frame.node.kind === SEQUENCE) (frame.into as unknown[]).push(value);
    else if (frame.node.kind === MAPPING) {
      if (frame.badKey !== undefined) throw new YamlError(`yaml: invalid map key: ${goSyntax(frame.badKey)}`);
      if (frame.key !== undefined) (frame.into as GoMap)[frame.key] = value;
    } else {
      // The alias's target is complete. It is passed on when the alias is advanced next.
      frame.index = 1;
      (frame.into as unknown[]).push(value);
    }
  }

  #countOne(): void {
    this.#count++;
    // The numbers are the library's: small documents may use aliases as they like.
    if (this.#following.size > 0 && ++this.#aliasCount > 100 && this.#count > 1000) {
      if (this.#aliasCount / this.#count > allowedAliasPart(this.#count)) {
        throw new YamlError("yaml: document contains excessive aliasing");
      }
    }
  }

  /** Decodes a scalar, or opens a frame. */
  #begin(node: Child): unknown {
    this.#countOne();
    if (typeof node === "number") return this.#integer(node);
    if (typeof node !== "object" || node === null) return node;
    switch (node.kind) {
      case SCALAR:
        return this.#scalar(node);
      case SEQUENCE:
        this.#stack.push({ node, into: [], index: 0, key: undefined, merged: false });
        return PENDING;
      case MAPPING:
        this.#stack.push({ node, into: newMap(), index: 0, key: undefined, merged: false });
        return PENDING;
      default:
        this.#follow(node, [], false);
        return PENDING;
    }
  }

  #follow(node: Node, into: GoMap | unknown[], merged: boolean): void {
    if (this.#following.has(node)) throw new YamlError(`yaml: anchor '${node.value}' value contains itself`);
    this.#following.add(node);
    this.#stack.push({ node, into, index: 0, key: undefined, merged });
  }

  #scalar(node: Node): unknown {
    // A quoted scalar is a string as it stands.
    if (node.tag === "" && !node.implicit) return node.value;
    const { type, value } = resolveNode(node);
    if (typeof value === "string") return value;
    if (type === "!!int") return this.#integer(value as number | bigint);
    if (typeof value === "number" && !Number.isFinite(value)) this.hasOddFloat = true;
    return value;
  }

  #integer(value: number | bigint): unknown {
    if (this.#integers === "all" || (this.#integers === "exact" && typeof value === "bigint")) {
      const whole = BigInt(value);
      return new Int(fitsInt64(whole) ? "int64" : "uint64", whole);
    }
    return Number(value);
  }

  /** Works on a frame until another is opened or it is complete; returns its value then. */
  #advance(frame: Frame): unknown {
    switch (frame.node.kind) {
      case SEQUENCE:
        return frame.into === undefined ? this.#advanceMerges(frame) : this.#advanceSequence(frame);
      case MAPPING:
        return this.#advanceMapping(frame);
      default:
        return this.#advanceAlias(frame);
    }
  }

  #advanceSequence(frame: Frame): unknown {
    const items = frame.into as unknown[];
    const children = frame.node.children;
    while (frame.index < children.length) {
      const value = this.#begin(children[frame.index++] as Child);
      if (value === PENDING) return PENDING;
      items.push(value);
    }
    return items;
  }

  #advanceAlias(frame: Frame): unknown {
    const target = frame.node.target as Node;
    if (frame.merged) {
      if (frame.index++ > 0) return undefined;
      this.#mergeTarget(target, frame.into as GoMap);
      return PENDING;
    }
    if (frame.index > 0) return (frame.into as unknown[])[0];
    frame.index = 1;
    const value = this.#begin(target);
    return value;
  }

  #advanceMapping(frame: Frame): unknown {
    const map = frame.into as GoMap;
    const children = frame.node.children;
    while (frame.index < children.length) {
      const key = children[frame.index] as Child;
      const child = children[frame.index + 1] as Child;
      frame.index += 2;
      if (isMergeKey(key)) {
        if (this.#merge(child, map)) return PENDING;
        continue;
      }
      // A collection cannot be a key. The error comes after those inside of it.
      if (isCollection(targetOf(key))) {
        // It is decoded nevertheless: errors inside come first.
        frame.badKey = key;
        return this.#begin(key);
      }
      const name = this.#key(key);
      // An error only if this map is still part of the result at the end.
      if (name === undefined) this.#noteBadKey(map, key, child);
      if (this.#onRepeatedKey !== undefined && name !== undefined && name in map) {
        const line = typeof child === "object" && child !== null ? child.line + 1 : undefined;
        this.#onRepeatedKey({ key: name, line, mapLine: frame.node.line + 1, isTop: this.#stack.length === 1 });
      }
      frame.key = name;
      const value = this.#begin(child);
      if (value === PENDING) return PENDING;
      if (name !== undefined) map[name] = value;
    }
    return map;
  }

  /**
   * Returns the text of a key that is a scalar, or an alias of one. An alias counts twice, as in
   * the library.
   */
  #key(node: Child): string | undefined {
    this.#countOne();
    if (typeof node === "string") return node;
    if (typeof node !== "object" || node === null || node.target === undefined) return keyText(resolveNode(node));
    this.#following.add(node);
    this.#countOne();
    this.#following.delete(node);
    return keyText(resolveNode(node.target));
  }

  #noteBadKey(map: GoMap, key: Child, value: Child): void {
    let keys = this.#badKeys.get(map);
    if (keys === undefined) this.#badKeys.set(map, keys = new Map());
    keys.set(goSyntax(key), { key, value });
  }

  /** Merges the keys of another map, or of several, into `map`; returns true if a frame was opened. */
  #merge(node: Child, map: GoMap): boolean {
    if (typeof node === "object" && node?.kind === SEQUENCE) {
      this.#stack.push({ node, into: undefined, index: node.children.length, key: undefined, merged: true });
      this.#mergeTargets.push(map);
      return true;
    }
    this.#mergeOne(node, map);
    return true;
  }

  readonly #mergeTargets: GoMap[] = [];

  /** Handles a list of merges from its end, since earlier ones win. */
  #advanceMerges(frame: Frame): unknown {
    if (frame.index === 0) {
      this.#mergeTargets.pop();
      return undefined;
    }
    this.#mergeOne(
      frame.node.children[--frame.index] as Child,
      this.#mergeTargets[this.#mergeTargets.length - 1] as GoMap,
    );
    return PENDING;
  }

  #mergeOne(child: Child, map: GoMap): void {
    const node = typeof child === "object" ? child : null;
    // Helm 2: the check looks at the last anchor of the name, and the merge uses the one that the
    // alias meant.
    const checked = node?.kind === ALIAS_NODE ? this.#document.anchors.get(node.value) : node;
    if (node === null || checked?.kind !== MAPPING) {
      throw new YamlError("yaml: map merge requires map or sequence of maps as the value");
    }
    this.#countOne();
    if (node.kind === ALIAS_NODE) this.#follow(node, map, true);
    else this.#stack.push({ node, into: map, index: 0, key: undefined, merged: true });
  }

  /**
   * Decodes an alias's target into an existing map. The target is not a map when the anchor's name
   * was used again.
   */
  #mergeTarget(target: Node, map: GoMap): void {
    this.#countOne();
    if (target.kind === MAPPING) {
      this.#stack.push({ node: target, into: map, index: 0, key: undefined, merged: true });
    } else if (target.kind === SCALAR) {
      const { type, value } = resolveNode(target);
      if (value !== null) this.#typeError(target, type, target.value);
      // Null that is decoded into a map leaves it empty.
      else for (const key of Object.keys(map)) delete map[key];
    } else {
      this.#typeError(target, "!!seq", undefined);
    }
  }

  #typeError(node: Node, type: string, text: string | undefined): void {
    const tag = node.tag === "" ? type : node.tag.replace(/^tag:yaml\.org,2002:/, "!!");
    // The library shortens texts of more than ten characters.
    const shown = text === undefined ? "" : text.length > 10 ? ` \`${text.slice(0, 7)}...\`` : ` \`${text}\``;
    this.#typeErrors.push(`line ${node.line + 1}: cannot unmarshal ${tag}${shown} into map[interface {}]interface {}`);
  }
}
