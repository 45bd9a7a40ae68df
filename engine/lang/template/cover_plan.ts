/**
 * The plan of a template file's coverage: which counter belongs to which node.
 *
 * @module
 */
import type { BranchKind, CallCoverage } from "./coverage.ts";
import {
  type BranchNode,
  type CommandNode,
  fixedText,
  type ListNode,
  type Node,
  type Operand,
  type PipeNode,
  type Statement,
  type Tree,
} from "./nodes.ts";

/** A branch and its counters, which follow each other from `slot`. */
export interface PlannedBranch {
  readonly kind: BranchKind;
  readonly pos: number;
  readonly slot: number;
  readonly ways: readonly string[];
}

/** A call and its counter. */
export interface PlannedCall extends Pick<CallCoverage, "kind" | "name"> {
  readonly pos: number;
  readonly slot: number;
}

/** The counters of one file. Positions are indices into its text. */
export interface CoverPlan {
  /** Each node that counts for lines: where it stands, and its text if it is literal. */
  readonly nodes: { readonly pos: number; readonly text?: string; readonly slot: number }[];
  readonly branches: PlannedBranch[];
  readonly calls: PlannedCall[];
}

/** Counters by what they count: a tree, a statement, or the operand that names a function. */
export interface Slots {
  /** The first counter of what counts something; absent for the texts of `tpl`. */
  readonly first: Map<Tree | Node, number>;
  /** The operands whose values are only looked through. */
  readonly through: Set<Node>;
  /** Returns the first of `count` new counters. */
  readonly add: (count: number) => number;
}

/** Functions that look through their arguments: they return a fact, a part that is noted by itself, or a template's text. */
const LOOKS_THROUGH: ReadonlySet<string> = new Set([
  "not",
  "empty",
  "eq",
  "ne",
  "len",
  "has",
  "hasKey",
  "keys",
  "kindOf",
  "kindIs",
  "typeOf",
  "typeIs",
  "typeIsLike",
  "index",
  "pluck",
  "include",
  "tpl",
]);

/** Functions whose result holds their arguments. Whether these are read as a whole depends on who uses the result. */
const CARRIES: ReadonlySet<string> = new Set([
  "and",
  "or",
  "default",
  "coalesce",
  "ternary",
  "required",
  "dict",
  "list",
  "tuple",
  "set",
  "unset",
  "first",
  "last",
  "initial",
  "rest",
  "append",
  "prepend",
  "concat",
  "without",
]);

/** True if an argument of the function is only looked through; `isThrough` says so of the function's result. */
function looksThrough(node: Operand | undefined, isThrough: boolean): boolean {
  if (node?.kind !== "identifier") return false;
  return LOOKS_THROUGH.has(node.name) || (isThrough && CARRIES.has(node.name));
}

/** The branches that are functions, with the names of their ways for a number of arguments. */
const FUNCTION_WAYS: Readonly<Partial<Record<string, (count: number) => readonly string[]>>> = {
  and: () => ["cut short", "all"],
  or: () => ["cut short", "all"],
  default: () => ["given", "default"],
  ternary: () => ["true", "false"],
  coalesce: (count) => [...Array.from({ length: count }, (_, index) => String(index + 1)), "none"],
};

const STATEMENT_WAYS: Readonly<Record<BranchNode["kind"], readonly string[]>> = {
  if: ["then", "else"],
  with: ["taken", "else"],
  range: ["none", "one", "many"],
};

/** Plans the counters of a tree; `plan` is absent for a tree whose lines and branches do not count. */
export function planTree(tree: Tree, slots: Slots, plan?: CoverPlan): void {
  new Planner(slots, plan).list(tree.root, slots.first.get(tree));
}

class Planner {
  constructor(private readonly slots: Slots, private readonly plan: CoverPlan | undefined) {}

  /**
   * Plans a list. A statement right after a fixed text runs as often as the text, which cannot fail, and the first of a list as
   * often as the list begins. Such statements share the counter, and only the others get one.
   *
   * @param begins The counter of what runs the list, if each of its runs begins the list once.
   */
  list(list: ListNode, begins?: number): void {
    const { plan, slots } = this;
    let shared = begins;
    for (const node of list.nodes) {
      const slot = plan === undefined ? 0 : shared ?? slots.add(1);
      if (plan !== undefined && shared === undefined) slots.first.set(node, slot);
      this.statement(node, slot);
      shared = fixedText(node) === undefined ? undefined : slot;
    }
  }

  private statement(node: Statement, slot: number): void {
    const { plan } = this;
    plan?.nodes.push(node.kind === "text" ? { pos: node.pos, text: node.text, slot } : { pos: node.pos, slot });
    switch (node.kind) {
      case "text":
      case "break":
      case "continue":
        return;
      case "action":
        // A variable keeps the value; what is done with it counts where it is used.
        return this.pipe(node.pipe, node.pipe.decl.length > 0);
      case "template":
        plan?.calls.push({ kind: "template", name: node.name, pos: node.pos, slot });
        return node.pipe === undefined ? undefined : this.pipe(node.pipe, true);
    }
    const ways = this.branch(node.kind, node.pos, node.pipe, STATEMENT_WAYS[node.kind]);
    this.pipe(node.pipe, true);
    const isRange = node.kind === "range";
    // A range runs its list once for each element.
    this.list(node.list, isRange ? undefined : ways);
    if (node.elseList !== undefined) this.list(node.elseList, ways === undefined || isRange ? ways : ways + 1);
  }

  /** Adds a branch; returns the first of its counters, which are found under `key`. */
  private branch(kind: BranchKind, pos: number, key: Node, ways: readonly string[]): number | undefined {
    if (this.plan === undefined) return undefined;
    const slot = this.slots.add(ways.length);
    this.slots.first.set(key, slot);
    this.plan.branches.push({ kind, pos, slot, ways });
    return slot;
  }

  private pipe({ cmds }: PipeNode, isThrough: boolean): void {
    let isResultThrough = isThrough;
    // From the last to the first: the value of a command is an argument of the next.
    for (let index = cmds.length - 1; index >= 0; index--) {
      const command = cmds[index] as CommandNode;
      this.command(command, index > 0, isResultThrough);
      isResultThrough = looksThrough(command.args[0], isResultThrough);
    }
  }

  private command({ args }: CommandNode, isPiped: boolean, isThrough: boolean): void {
    const [first, ...rest] = args as readonly [Operand, ...Operand[]];
    if (first.kind === "identifier") {
      if (isThrough) this.slots.through.add(first);
      this.call(first.name, first, rest, isPiped);
    } else this.operand(first, isThrough);
    for (const operand of rest) this.operand(operand, looksThrough(first, isThrough));
  }

  private call(name: string, node: Operand, args: readonly Operand[], isPiped: boolean): void {
    const { slots, plan } = this;
    if (plan === undefined) return;
    if (name === "include" || name === "tpl") {
      const slot = slots.add(1);
      slots.first.set(node, slot);
      const target = args[0]?.kind === "string" && name === "include" ? args[0].text : undefined;
      plan.calls.push({ kind: name, name: target, pos: node.pos, slot });
      return;
    }
    const count = args.length + (isPiped ? 1 : 0);
    const ways = Object.hasOwn(FUNCTION_WAYS, name) ? FUNCTION_WAYS[name]?.(count) : undefined;
    // With one argument there is nothing to decide.
    if (ways !== undefined && (count > 1 || name === "coalesce")) this.branch(name as BranchKind, node.pos, node, ways);
  }

  private operand(node: Operand, isThrough: boolean): void {
    if (isThrough) this.slots.through.add(node);
    if (node.kind === "pipe") this.pipe(node, isThrough);
    // The chain reads a part of the value inside it.
    else if (node.kind === "chain") this.operand(node.node, true);
    else if (node.kind === "identifier") this.call(node.name, node, [], false);
  }
}
