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
 * What a collection holds. A scalar without tag and anchor is its value at
 * once, a number being an integer; other numbers, and merge keys, are nodes.
 */
export type Child = Node | string | number | boolean | null;

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
  /** Whether a scalar's text decides about its type. */
  readonly implicit: boolean;
  /** Items, or keys and values in turn. */
  readonly children: Child[];
  /** What an alias stands for. */
  readonly target: Node | undefined;

  /** Just keeps its arguments. */
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

/** What stands for a node itself: the target of an alias. */
export function targetOf(child: Child): Child {
  return typeof child === "object" && child !== null && child.target !== undefined ? child.target : child;
}

/** Whether a child is a list or a map. */
export function isCollection(child: Child): boolean {
  return typeof child === "object" && child !== null && (child.kind === SEQUENCE || child.kind === MAPPING);
}

/** A document's content and the anchors in it; of two with one name, the last. */
export interface Document {
  readonly root: Child;
  readonly anchors: ReadonlyMap<string, Node>;
}
