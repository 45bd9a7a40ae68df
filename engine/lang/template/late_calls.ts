/**
 * Which parts of templates may call a function that loads a module when it is
 * called. Those run in steps, which can wait; all others run directly, which is
 * faster.
 *
 * @module
 */
import type { FuncTable } from "./funcs/func.ts";
import type { Template } from "./machine.ts";
import type { Node } from "./nodes.ts";

/** What the text of a node says. */
interface Calls {
  /** It calls such a function, or a template whose name is not in the text. */
  readonly isLate: boolean;
  /** Templates that it calls. */
  readonly templates: ReadonlySet<string>;
}

/** True for a function that may load a module when it is called: a text for `tpl` may call any function. */
export function isLateFunction(functions: FuncTable, name: string): boolean {
  return name === "tpl" || (Object.hasOwn(functions, name) && functions[name]?.load !== undefined);
}

/** Answers for the templates of one set of definitions. */
export class LateCalls {
  private readonly known = new Map<Node, boolean>();

  /**
   * @param functions Functions by name.
   * @param lookup Finds a template by name.
   */
  constructor(
    private readonly functions: FuncTable,
    private readonly lookup: (name: string) => Template | undefined,
  ) {}

  /** True for a node that may call such a function, itself or by the templates that it calls. */
  has(node: Node): boolean {
    let answer = this.known.get(node);
    if (answer === undefined) this.known.set(node, answer = this.find(node));
    return answer;
  }

  private find(root: Node): boolean {
    const seen = new Set([root]);
    // Nodes that are added on the way are walked as well.
    for (const node of seen) {
      if (this.known.get(node) === true) return true;
      const { isLate, templates } = callsOf(node, this.functions);
      if (isLate) return true;
      for (const name of templates) {
        const called = this.lookup(name)?.tree.root;
        if (called !== undefined && this.known.get(called) !== false) seen.add(called);
      }
    }
    for (const node of seen) this.known.set(node, false);
    return false;
  }
}

const calls = new WeakMap<Node, Calls>();

function callsOf(node: Node, functions: FuncTable): Calls {
  let found = calls.get(node);
  if (found === undefined) {
    const templates = new Set<string>();
    calls.set(node, found = { isLate: callsLate(node, functions, templates), templates });
  }
  return found;
}

/** Walks a node up to the first late call; `templates` collects names on the way. */
function callsLate(node: Node, functions: FuncTable, templates: Set<string>): boolean {
  const inner = (each: Node | undefined): boolean => each !== undefined && callsLate(each, functions, templates);
  switch (node.kind) {
    case "list":
      return node.nodes.some(inner);
    case "if":
    case "with":
    case "range":
      return inner(node.pipe) || inner(node.list) || inner(node.elseList);
    case "template":
      templates.add(node.name);
      return inner(node.pipe);
    case "action":
      return inner(node.pipe);
    case "pipe":
      return node.cmds.some(inner);
    case "command": {
      const [first, name] = node.args;
      if (first?.kind === "identifier" && first.name === "include") {
        if (name?.kind !== "string") return true;
        templates.add(name.text);
      }
      return node.args.some((arg, at) => (at > 0 && arg.kind === "identifier" && arg.name === "include") || inner(arg));
    }
    case "chain":
      return inner(node.node);
    case "identifier":
      return isLateFunction(functions, node.name);
    default:
      return false;
  }
}
