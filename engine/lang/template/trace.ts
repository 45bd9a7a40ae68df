/**
 * Where output comes from: which node wrote each piece of text, and which
 * values it read and hung on.
 *
 * A program compiled with {@linkcode tracing} reports to the {@linkcode Tracer}
 * of its run. A program compiled without it has none of this code.
 *
 * @module
 */
import { isMap, Struct } from "../golang/mod.ts";
import type { Op, Run, TraceSink } from "./machine.ts";
import type { Node, Source, Tree } from "./nodes.ts";

/** A piece of output and the node that wrote it. */
export interface Span {
  /** The text that was written. */
  readonly text: string;
  /** The node is text of the template, copied as it is. */
  readonly isText: boolean;
  /** The text that holds the node. */
  readonly source: Source;
  /** Index of the node in the source's text. */
  readonly pos: number;
  /** Paths of values that the node read, such as `Values.image.tag`. */
  readonly values: readonly string[];
  /** Paths of values that decided whether and how often the node runs. */
  readonly conditions: readonly string[];
  /** The output of the templates that the node included. */
  readonly inner: readonly Span[];
}

/** The reads and the output of one node so far. */
interface Frame {
  readonly reads: Set<string>;
  readonly spans: Span[];
}

function newFrame(): Frame {
  return { reads: new Set(), spans: [] };
}

/** Collects what one run reports. */
export class Tracer implements TraceSink {
  /** Paths of the maps, lists and structs that were reached so far. */
  private readonly paths = new WeakMap<object, string>();
  /** The paths that the variables of a running template were made from. */
  private readonly origins = new WeakMap<unknown[], (readonly string[] | undefined)[]>();
  private readonly conditions: string[] = [];
  private frame = newFrame();

  /** Names an object that paths begin with. */
  name(value: unknown, path: string): void {
    if (typeof value === "object" && value !== null) this.paths.set(value, path);
  }

  /** Begins a file; what it writes is returned by {@linkcode take}. */
  take(): readonly Span[] {
    const { spans } = this.frame;
    this.frame = newFrame();
    this.conditions.length = 0;
    return spans;
  }

  /** Reads a chain of fields once more, for its path. */
  chain(start: unknown, names: readonly string[]): void {
    let value = start;
    let path = this.pathOf(start);
    for (const name of names) {
      if (path === undefined) return;
      path = path === "" ? name : `${path}.${name}`;
      value = isMap(value) ? value[name] : value instanceof Struct ? value.field(name) : undefined;
      if (typeof value !== "object" || value === null) continue;
      // An object keeps the path under which it was first reached.
      const known = this.paths.get(value);
      if (known === undefined) this.paths.set(value, path);
      else path = known;
    }
    if (path !== undefined && path !== "") this.frame.reads.add(path);
  }

  private pathOf(value: unknown): string | undefined {
    return typeof value === "object" && value !== null ? this.paths.get(value) : undefined;
  }

  /** A whole value is read: the dot, or an element. */
  read(value: unknown): void {
    const path = this.pathOf(value);
    if (path !== undefined && path !== "") this.frame.reads.add(path);
  }

  /** A variable is read: whatever it was made from is read. */
  variable(run: Run, place: number): void {
    for (const path of this.origins.get(run.vars)?.[place] ?? []) this.frame.reads.add(path);
  }

  /** A variable is set from what the node read so far. */
  store(run: Run, place: number): void {
    this.setOrigin(run, place, [...this.frame.reads]);
  }

  private setOrigin(run: Run, place: number, paths: readonly string[]): void {
    let all = this.origins.get(run.vars);
    if (all === undefined) this.origins.set(run.vars, all = []);
    all[place] = paths;
  }

  /** An element is handed out by a range; `place` is that of its variable. */
  element(run: Run, list: unknown, key: string | number, element: unknown, place: number | undefined): void {
    const base = this.pathOf(list);
    if (base === undefined) return;
    const path = typeof key === "number" ? `${base}[${key}]` : `${base}.${key}`;
    if (typeof element === "object" && element !== null && !this.paths.has(element)) this.paths.set(element, path);
    if (place !== undefined) this.setOrigin(run, place, [path]);
  }

  /** Begins a node; the result goes to {@linkcode leave}. */
  enter(): Frame {
    const outer = this.frame;
    this.frame = newFrame();
    return outer;
  }

  /** Ends a node that wrote text. */
  leave(outer: Frame, span: { text: string; isText: boolean; source: Source; pos: number }): void {
    const { reads, spans } = this.frame;
    this.frame = outer;
    // A node that wrote nothing is not reported, nor is what it read.
    if (span.text === "") return;
    outer.spans.push({ ...span, values: [...reads], conditions: [...new Set(this.conditions)], inner: spans });
  }

  /** Ends a condition: what it read holds until {@linkcode release}. */
  leaveCondition(outer: Frame): void {
    this.conditions.push(...this.frame.reads);
    this.frame = outer;
  }

  /** How many conditions hold. */
  get held(): number {
    return this.conditions.length;
  }

  /** Goes back to as many conditions as held before. */
  release(held: number): void {
    this.conditions.length = held;
  }
}

/** Two instructions around others. */
export interface Bracket {
  readonly before: Op;
  readonly after: Op;
}

/** Instructions that make code report; made once for a program. */
export interface Tracing {
  /** Around code that writes output. */
  writer(node: Node, tree: Tree): Bracket;
  /** Around the pipeline that an `if`, `with` or `range` hangs on. */
  readonly condition: Bracket;
  /** Around the whole `if`, `with` or `range`. */
  readonly branch: Bracket;
}

function tracerOf(run: Run): Tracer {
  // The machine runs without knowledge of tracing: code that traces is only compiled in where there is a tracer.
  return run.world.tracer as Tracer;
}

const enter: Op = (run, at) => {
  run.stack.push(tracerOf(run).enter());
  return at + 1;
};

function writer(node: Node, tree: Tree): Bracket {
  const span = { isText: node.kind === "text", source: tree.source, pos: node.pos };
  return {
    before: (run, at) => {
      // Only loops move the output to pieces, and a loop is no writer, so this length stays valid.
      run.stack.push(run.out.length);
      return enter(run, at);
    },
    after: (run, at) => {
      const outer = run.stack.pop() as Frame;
      const start = run.stack.pop() as number;
      tracerOf(run).leave(outer, { ...span, text: run.out.slice(start) });
      return at + 1;
    },
  };
}

const condition: Bracket = {
  before: enter,
  after: (run, at) => {
    tracerOf(run).leaveCondition(run.stack.pop() as Frame);
    return at + 1;
  },
};

const branch: Bracket = {
  before: (run, at) => {
    run.stack.push(tracerOf(run).held);
    return at + 1;
  },
  after: (run, at) => {
    tracerOf(run).release(run.stack.pop() as number);
    return at + 1;
  },
};

/** Given to a program, makes its code report to the run's tracer. */
export const tracing: Tracing = { writer, condition, branch };
