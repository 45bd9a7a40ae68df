/**
 * Counts what a program does with its templates. A program compiled with a
 * {@linkcode Cover} has one counter for each statement, each way of a branch and
 * each call; a program compiled without one has none of this code.
 *
 * @module
 */
import { byteLength, Int } from "../golang/mod.ts";
import type { Coverage, FileCoverage, LineCoverage } from "./coverage.ts";
import { type CoverPlan, planTree, type Slots } from "./cover_plan.ts";
import { type WayOf, wayOf } from "./cover_ways.ts";
import type { Func } from "./funcs/func.ts";
import type { IdentifierNode, Node, Tree } from "./nodes.ts";
import { type NoteRead, ValueReads } from "./value_reads.ts";

/** A counter, or the first of a branch: the numbers of a program and an index into them. */
export interface Counter {
  readonly hits: number[];
  readonly slot: number;
}

/** A planned file. */
interface CoveredFile {
  readonly name: string;
  /** Its first counter. */
  readonly start: number;
  /** As it was parsed first. */
  readonly trees: readonly Tree[];
  readonly plan: CoverPlan;
}

/**
 * The counters of a program. Counts of all its runs add up, and so do those of several programs with the same files: each
 * file is known by its name and text.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { newMap } from "../golang/mod.ts";
 * import { functions } from "./funcs/mod.ts";
 * import { Program } from "./program.ts";
 *
 * const cover = new Cover();
 * const files = [{ name: "a", text: "{{ if .x }}yes{{ end }}" }];
 * const program = new Program(files, { functions, cover });
 * await program.run({ dataOf: () => ({ data: newMap(), basePath: "" }) });
 * deepEqual(cover.result().files[0]?.branches[0]?.ways, [{ name: "then", hits: 0 }, { name: "else", hits: 1 }]);
 * ```
 */
export class Cover {
  readonly #hits: number[] = [];
  /** The counter that is planned next. */
  #next = 0;
  readonly #files = new Map<string, CoveredFile>();
  readonly #slots: Slots = { first: new Map(), through: new Set(), add: (count) => this.#add(count) };
  /**
   * The values that templates read.
   *
   * @internal
   */
  readonly reads: ValueReads = new ValueReads();

  /**
   * Plans the counters of a file's trees. For a text given to `tpl`, which is in no file, only reads of values count.
   *
   * @internal
   */
  plan(trees: readonly Tree[], file: { readonly name: string; readonly isPartial: boolean } | undefined): void {
    if (file === undefined) {
      for (const tree of trees) planTree(tree, this.#slots);
      return;
    }
    const key = `${file.name}\0${trees[0]?.source.text ?? ""}`;
    const end = this.#next;
    const known = this.#files.get(key);
    // Equal texts have equal plans, so the counters of the file are given out again in the same order.
    if (known !== undefined) this.#next = known.start;
    const start = this.#next;
    const plan: CoverPlan = { nodes: [], branches: [], calls: [] };
    for (const tree of trees) {
      this.#slots.first.set(tree, this.#slots.add(1));
      // The text around the definitions of a partial is never rendered.
      planTree(tree, this.#slots, file.isPartial && tree.name === file.name ? undefined : plan);
    }
    if (known === undefined) this.#files.set(key, { name: file.name, start, trees, plan });
    else this.#next = end;
  }

  /** True if the counters of a file are planned. */
  has(name: string, text: string): boolean {
    return this.#files.has(`${name}\0${text}`);
  }

  #add(count: number): number {
    const slot = this.#next;
    this.#next += count;
    while (this.#hits.length < this.#next) this.#hits.push(0);
    return slot;
  }

  /**
   * Returns the counter of a tree, a statement or a branch; `undefined` if it has none that is counted by itself.
   *
   * @internal
   */
  counter(key: Tree | Node): Counter | undefined {
    const slot = this.#slots.first.get(key);
    return slot === undefined ? undefined : { hits: this.#hits, slot };
  }

  /**
   * Returns the function so that its calls at this place count.
   *
   * @internal
   */
  func(node: IdentifierNode, func: Func): Func {
    const { name } = node;
    const counter = this.counter(node);
    const lookUp = Object.hasOwn(LOOK_UPS, name) ? LOOK_UPS[name] : undefined;
    // The calls that fail count too, for they were made.
    let call = func.call;
    if (counter !== undefined) call = countedCall(call, counter, Object.hasOwn(wayOf, name) ? wayOf[name] : undefined);
    if (lookUp !== undefined) {
      const isWhole = !this.#slots.through.has(node);
      call = notedCall(call, lookUp, (map, keys) => void this.reads.read(map, keys, isWhole));
    }
    return call === func.call ? func : { ...func, call };
  }

  /**
   * Returns the function that notes the reads of an operand, which go down `names`.
   *
   * @internal
   */
  noting(node: Node, names: readonly string[]): NoteRead {
    return this.reads.noting(names, !this.#slots.through.has(node));
  }

  /** Returns the counts so far. */
  result(): Coverage {
    const files = [...this.#files.values()].sort((a, b) => a.name < b.name ? -1 : 1);
    return { files: files.map((file) => this.#fileResult(file)), values: this.reads.result() };
  }

  #fileResult({ name, trees, plan }: CoveredFile): FileCoverage {
    const hitsOf = (slot: number | undefined): number => (slot === undefined ? undefined : this.#hits[slot]) ?? 0;
    const treeHits = (tree: Tree): number => hitsOf(this.#slots.first.get(tree));
    const own = trees.find((tree) => tree.name === name);
    const source = (own ?? trees[0])?.source ?? { name, text: "" };
    const placeOf = placesIn(source.text);
    return {
      name,
      renders: own === undefined ? 0 : treeHits(own),
      lines: this.#lines(plan, (pos) => placeOf(pos).line),
      branches: plan.branches.toSorted(byPlace).map(({ kind, pos, slot, ways }) => ({
        kind,
        ...placeOf(pos),
        ways: ways.map((way, index) => ({ name: way, hits: hitsOf(slot + index) })),
      })),
      defines: trees.filter((tree) => tree !== own).toSorted((a, b) => byPlace(a.root, b.root))
        .map((tree) => ({ name: tree.name, line: placeOf(tree.root.pos).line, hits: treeHits(tree) })),
      calls: plan.calls.toSorted(byPlace).map(({ kind, name: target, pos, slot }) => ({
        kind,
        ...(target === undefined ? {} : { name: target }),
        ...placeOf(pos),
        hits: hitsOf(slot),
      })),
    };
  }

  #lines({ nodes }: CoverPlan, lineOf: (pos: number) => number): LineCoverage[] {
    const byLine = new Map<number, number>();
    for (const { pos, text, slot } of nodes) {
      const first = lineOf(pos);
      (text ?? "x").split("\n").forEach((part, index) => {
        // A blank line of a text is no line of the template.
        if (part.trim() === "") return;
        byLine.set(first + index, Math.max(byLine.get(first + index) ?? 0, this.#hits[slot] ?? 0));
      });
    }
    return [...byLine].sort(([a], [b]) => a - b).map(([line, hits]) => ({ line, hits }));
  }
}

/** Returns a function that gives the line, from 1, and the column in bytes, from 0, of an index into the text. */
function placesIn(text: string): (pos: number) => { readonly line: number; readonly column: number } {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return (pos) => {
    let low = 0;
    let high = starts.length;
    // The line starts at or before `pos`, and the line after `high` starts behind it.
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= pos) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: byteLength(text.slice(starts[low], pos)) };
  };
}

function byPlace(a: { readonly pos: number }, b: { readonly pos: number }): number {
  return a.pos - b.pos;
}

function countedCall(call: Func["call"], { hits, slot }: Counter, way: WayOf | undefined): Func["call"] {
  return (args, context) => {
    (hits[slot + (way === undefined ? 0 : way(args))] as number)++;
    return call(args, context);
  };
}

/** Notes the parts that a call reads. Keys that are neither texts nor integers are left to the function's own error. */
function notedCall(call: Func["call"], lookUp: LookUp, read: (map: unknown, keys: string[]) => void): Func["call"] {
  return (args, context) => {
    for (const [map, keys] of lookUp(args)) {
      const texts = keys.map((key) => key instanceof Int ? `${key.value}` : key);
      if (texts.every((text) => typeof text === "string")) read(map, texts);
    }
    return call(args, context);
  };
}

/** Returns the maps and lists that a call reads parts of, and the keys. */
type LookUp = (args: readonly unknown[]) => readonly (readonly [map: unknown, keys: readonly unknown[]])[];

/** Functions that read a part of an argument by name. */
const LOOK_UPS: Readonly<Partial<Record<string, LookUp>>> = {
  index: ([map, ...keys]) => [[map, keys]],
  hasKey: ([map, key]) => [[map, [key]]],
  pluck: ([key, ...maps]) => maps.map((map) => [map, [key]] as const),
};
