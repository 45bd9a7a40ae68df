/**
 * The lines on which the values of a YAML text stand.
 *
 * @module
 */
import { YamlError } from "../../../errors.ts";
import { type Child, MAPPING, Node, SCALAR, SEQUENCE, targetOf } from "./node.ts";
import { parseDocument } from "./parser.ts";

/** Returns the 1-based line of the key or item at a path; `undefined` when the text does not have it. */
export type LineOf = (path: readonly (string | number)[]) => number | undefined;

/** Makes a {@linkcode LineOf} for the first document of a text; a text that is not YAML has no lines. */
export function yamlLines(text: string): LineOf {
  let root: Child | undefined;
  try {
    // Without values of plain scalars the parser keeps their nodes, which have lines.
    root = parseDocument(text, Infinity, () => undefined)?.root;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
  }
  return (path) => {
    let node = root;
    let line: number | undefined;
    for (const part of path) {
      const found = childAt(node === undefined ? undefined : targetOf(node), part);
      if (found === undefined) return undefined;
      [node, line] = [found.child, found.line ?? line];
    }
    return line;
  };
}

function childAt(
  node: Child | undefined,
  part: string | number,
): { readonly child: Child; readonly line: number | undefined } | undefined {
  if (!(node instanceof Node)) return undefined;
  const { children } = node;
  if (node.kind === SEQUENCE) {
    const child = children[Number(part)];
    return child === undefined ? undefined : { child, line: lineOf(child) };
  }
  if (node.kind !== MAPPING) return undefined;
  // Of a key that is there twice, the last one counts.
  for (let at = children.length - 2; at >= 0; at -= 2) {
    const [key, child] = [children[at] as Child, children[at + 1] as Child];
    const text = key instanceof Node && key.kind === SCALAR ? key.value : key;
    if (text === `${part}`) return { child, line: lineOf(key) ?? lineOf(child) };
  }
  return undefined;
}

function lineOf(child: Child): number | undefined {
  return child instanceof Node ? child.line + 1 : undefined;
}
