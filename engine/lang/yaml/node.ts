/**
 * The tree that the parser makes of one document.
 *
 * @module
 */

export const SCALAR = 1;
export const SEQUENCE = 2;
export const MAPPING = 3;
export const ALIAS_NODE = 4;

/**
 * A child of a collection. A scalar without tag and anchor is its value, a number being an integer.
 * Other numbers, and merge keys, are nodes, because their text is still needed.
 */
export type Child = Node | string | number | boolean | null;

// Shared by all scalars and aliases, so it must stay empty.
const NONE: Child[] = [];

/** A scalar, a collection or an alias. */
export class Node {
  /** One of the constants above. */
  readonly kind: number;
  /** 0-based line where it starts. */
  readonly line: number;
  /** The tag in full, or empty. */
  readonly tag: string;
  /** Text of a scalar, name of an alias. */
  readonly value: string;
  /** True if a scalar's text decides its type. */
  readonly implicit: boolean;
  /** Items, or keys and values in turn. */
  readonly children: Child[];
  /** The target of an alias. */
  readonly target: Node | undefined;

  /** Stores its arguments. */
  constructor(kind: number, line: number, tag: string, value: string, implicit: boolean, target?: Node) {
    this.kind = kind;
    this.line = line;
    this.tag = tag;
    this.value = value;
    this.implicit = implicit;
    this.children = kind === SEQUENCE || kind === MAPPING ? [] : NONE;
    this.target = target;
  }
}

/** Returns the target of an alias; any other node itself. */
export function targetOf(child: Child): Child {
  return typeof child === "object" && child !== null && child.target !== undefined ? child.target : child;
}

/** True for a list or a map. */
export function isCollection(child: Child): boolean {
  return typeof child === "object" && child !== null && (child.kind === SEQUENCE || child.kind === MAPPING);
}

/** A document's content and the anchors in it; of two with one name, the last. */
export interface Document {
  readonly root: Child;
  readonly anchors: ReadonlyMap<string, Node>;
}
