/**
 * Which templates may call a function that loads a module when it is called.
 * Those run in steps, which can wait; all others run directly, which is faster.
 *
 * @module
 */
import type { FuncTable } from "./funcs/func.ts";
import type { Template } from "./machine.ts";
import type { Tree } from "./nodes.ts";

/** True for a function that may load a module when it is called: a text for `tpl` may call any function. */
export function isLateFunction(functions: FuncTable, name: string): boolean {
  return name === "tpl" || (Object.hasOwn(functions, name) && functions[name]?.load !== undefined);
}

/** Answers for the templates of one set of definitions. */
export class LateCalls {
  private readonly known = new Map<Tree, boolean>();

  /**
   * @param functions Functions by name.
   * @param lookup Finds a template by name.
   */
  constructor(
    private readonly functions: FuncTable,
    private readonly lookup: (name: string) => Template | undefined,
  ) {}

  /** True for a template that may call such a function, directly or through other templates. */
  has(tree: Tree): boolean {
    let answer = this.known.get(tree);
    if (answer === undefined) this.known.set(tree, answer = this.find(tree));
    return answer;
  }

  private find(root: Tree): boolean {
    const seen = new Set([root]);
    // The loop also visits trees that are added while it runs.
    for (const tree of seen) {
      if (this.known.get(tree) === true) return true;
      const { isAny, functions, templates } = tree.calls;
      // Every template may be called, so also one that has to wait.
      if (isAny) return true;
      for (const name of functions) if (isLateFunction(this.functions, name)) return true;
      for (const name of templates) {
        const called = this.lookup(name)?.tree;
        if (called !== undefined && this.known.get(called) !== false) seen.add(called);
      }
    }
    // None of them leads to such a function, so the answer holds for each of them.
    for (const tree of seen) this.known.set(tree, false);
    return false;
  }
}
