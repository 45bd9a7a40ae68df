/**
 * The machine that runs compiled templates: its registers, the templates under
 * way, and the loop over instructions.
 *
 * A compiled template is a list of instructions. The templates that wait for an
 * inner one to end are in a list of the machine and not on JavaScript's stack,
 * so they may nest as deep as Go's may, and a run can stop anywhere to wait for
 * a module.
 *
 * Source: Go 1.14, `text/template/exec.go`, `state`.
 *
 * @module
 */
import { TemplateError, type TemplatePosition } from "../../../errors.ts";
import { byteLength, type GoMap, type Method, quote } from "../golang/mod.ts";
import type { Execution, FuncContext } from "./funcs/func.ts";
import { type Node, nodeText, type Source, type Tree } from "./nodes.ts";

/** An instruction at the place `at`: does its part and returns the place of the instruction that follows. */
export type Op = (run: Run, at: number) => number;

/** Returns a value that needs no instructions: a constant, a field, a variable, the result of the last instruction. */
export type Read = (run: Run) => unknown;

/** A template ready to run. */
export interface Template {
  readonly tree: Tree;
  /** Returns the instructions; they are compiled when they first run. */
  readonly code: () => readonly Op[];
}

/** Go's limit of `template` actions inside each other. */
export const TEMPLATE_DEPTH_MAX = 100000;

/** A Go panic outside of a function call. */
export class GoPanic extends Error {}

/** Thrown where Go's stack would overflow and end Helm. It is reported once, not once per level. */
export class TooDeep extends Error {}

/** The place of no instruction: the loop ends there, or waits. */
const HALT = -1;

/** Receives what a traced program does: the paths of values that are read, and where they go. */
export interface TraceSink {
  /** A value was read that starts at `start` and goes down `names`. */
  chain(start: unknown, names: readonly string[]): void;
  /** A whole value was read. */
  read(value: unknown): void;
  /** A variable was read; `place` is its index. */
  variable(run: Run, place: number): void;
  /** A variable was set from all that was read since the statement began. */
  store(run: Run, place: number): void;
  /** A `range` goes on to an element of `list`. */
  element(run: Run, list: unknown, key: string | number, element: unknown, place: number | undefined): void;
}

/** The surroundings of a template: the templates and functions that it can reach. A text given to `tpl` has its own. */
export interface World {
  /** The services that functions are called with. */
  readonly context: FuncContext;
  /** Finds a template by name. */
  readonly lookup: (name: string) => Template | undefined;
  /** Finds a method of a map with a named type. */
  readonly mapMethod: MapMethod;
  /** Receives what a traced program does. */
  readonly tracer?: TraceSink | undefined;
}

/** The execution of a template by itself, with its own output: a file, or what `include` and `tpl` ask for. */
export interface TemplateExecution extends Execution {
  /** The template; `undefined` if there is nothing to execute and the text is empty. */
  readonly template: Template | undefined;
  readonly data: unknown;
  /** Default: that of the caller. */
  readonly world?: World | undefined;
  /** Must be loaded before the template runs. */
  readonly loading?: Promise<void> | undefined;
  /** Returns the result for the text that was written. */
  readonly done: (text: string) => string;
  /** Returns the error to throw for one that ended the execution; default: the same. */
  readonly failed?: ((error: unknown) => unknown) | undefined;
}

/** The call of a function that asked for an execution. */
interface CallSite {
  /** The node that an error of the call names. */
  readonly blamed: Node;
  /** The function. */
  readonly name: string;
}

/** A template that waits for an inner one to end: where it goes on, and all registers that the inner one changes. */
interface Frame {
  readonly at: number;
  readonly world: World;
  readonly template: Template;
  readonly ops: readonly Op[];
  readonly dot: unknown;
  readonly vars: unknown[];
  readonly boxedVars: boolean[];
  readonly boxedDot: boolean;
  readonly node: Node;
  readonly depth: number;
  /** For an inner template with its own output: the execution, the call, and the output put aside. */
  readonly inner: {
    readonly execution: TemplateExecution;
    readonly site: CallSite | undefined;
    readonly out: string;
    readonly pieces: string[] | undefined;
  } | undefined;
}

/** Finds a method of a map with a named type, such as `chartutil.Files`. */
export type MapMethod = (map: GoMap, type: string, name: string) => Method | undefined;

const NOTHING: Tree = {
  name: "",
  source: { name: "", text: "" },
  root: { kind: "list", pos: 0, nodes: [] },
  isEmpty: true,
};
const NO_TEMPLATE: Template = { tree: NOTHING, code: () => [] };

/** Output below this many UTF-16 units is not worth a piece of its own. */
const PIECE_MIN = 16_384;

/** One run of a set of templates: the registers of the machine. */
export class Run {
  /** The newest output of the innermost execution; {@linkcode written} returns all of it. */
  out = "";
  /** Its output before `out`, in pieces. */
  private pieces: string[] | undefined;
  /** The template that runs. */
  template = NO_TEMPLATE;
  /** Its instructions. */
  private ops: readonly Op[] = [];
  dot: unknown;
  /** Values of variables, by their place on Go's stack of variables. */
  vars: unknown[] = [];
  /** Places whose value Go would hold as an interface: elements handed out by `range`. */
  boxedVars: boolean[] = [];
  /** The dot is such an element. */
  boxedDot = false;
  /** True if Go would hold the value of the last chain of fields as an interface. */
  boxed = false;
  /** The node visited last, for errors. */
  node: Node = NOTHING.root;
  /** How many `template` actions lead here. */
  depth = 0;
  /** The result of the last instruction that has one; `null` for a nil. */
  value: unknown;
  /** The values that instructions keep for later ones: arguments, loops, and the dot outside of a `with`. */
  readonly stack: unknown[] = [];
  private readonly frames: Frame[] = [];
  private waiting: { for: Promise<void>; readonly at: number } | undefined;

  /** @param world What lies around the templates that are executed first. */
  constructor(public world: World) {}

  /**
   * Moves the output to `pieces` if it is long. Loops call this: a text that
   * grows by small parts is a tree of all of them until it is first read.
   */
  settle(): void {
    const { out } = this;
    if (out.length < PIECE_MIN) return;
    // Reading any place of the text makes one of the tree.
    out.charCodeAt(0);
    (this.pieces ??= []).push(out);
    this.out = "";
  }

  /** Returns all that the innermost execution has written. */
  private written(): string {
    return this.pieces === undefined ? this.out : this.pieces.join("") + this.out;
  }

  /** Executes a template and returns its text. Waits for the modules that are needed on the way. */
  async execute(template: Template, given: unknown): Promise<string> {
    const data = given === null ? undefined : given;
    let at = this.perform({ template, data, done: (text) => text }, undefined, HALT);
    for (;;) {
      const waiting = this.advance(at);
      if (waiting === undefined) return this.value as string;
      await waiting.for;
      at = waiting.at;
    }
  }

  /** Runs instructions up to the end of the outermost template, or up to one that has to wait. */
  private advance(first: number): Run["waiting"] {
    try {
      let at = first;
      while (at !== HALT) at = (this.ops[at] as Op)(this, at);
    } catch (error) {
      throw this.unwound(error);
    }
    const { waiting } = this;
    this.waiting = undefined;
    return waiting;
  }

  /** Ends an instruction that needs a module; the run goes on at `at`. */
  wait(loading: Promise<void>, at: number): number {
    this.waiting = { for: loading, at };
    return HALT;
  }

  /** Begins an execution that a function asked for; its text is the value at `at`. */
  perform(execution: TemplateExecution, site: CallSite | undefined, at: number): number {
    const { template, data, world, loading } = execution;
    if (template === undefined) {
      this.value = "";
      return at;
    }
    this.save(at, { execution, site, out: this.out, pieces: this.pieces });
    if (world !== undefined) this.world = world;
    this.out = "";
    this.pieces = undefined;
    this.begin(template, data, 0);
    return loading === undefined ? 0 : this.wait(loading, 0);
  }

  /** Begins a template that writes to the same output; the caller goes on at `at`. */
  enter(template: Template, data: unknown, at: number): number {
    this.save(at, undefined);
    this.begin(template, data, this.depth + 1);
    return 0;
  }

  private save(at: number, inner: Frame["inner"]): void {
    const { world, template, ops, dot, vars, boxedVars, boxedDot, node, depth } = this;
    this.frames.push({ at, world, template, ops, dot, vars, boxedVars, boxedDot, node, depth, inner });
  }

  private begin(template: Template, data: unknown, depth: number): void {
    this.template = template;
    this.ops = template.code();
    this.dot = data;
    this.vars = [data];
    this.boxedVars = [];
    this.boxedDot = false;
    this.node = template.tree.root;
    this.depth = depth;
  }

  /** Ends a template and returns the place where the outer one goes on. */
  leave(): number {
    const frame = this.frames.pop() as Frame;
    const { inner } = frame;
    if (inner !== undefined) {
      this.value = inner.execution.done(this.written());
      this.out = inner.out;
      this.pieces = inner.pieces;
    }
    this.restore(frame);
    return frame.at;
  }

  private restore(frame: Frame): void {
    this.world = frame.world;
    this.template = frame.template;
    this.ops = frame.ops;
    this.dot = frame.dot;
    this.vars = frame.vars;
    this.boxedVars = frame.boxedVars;
    this.boxedDot = frame.boxedDot;
    this.node = frame.node;
    this.depth = frame.depth;
  }

  /** Ends all templates under way and returns the error as the outermost one sees it: no template catches any. */
  private unwound(error: unknown): unknown {
    let seen = error;
    for (let frame = this.frames.pop(); frame !== undefined; frame = this.frames.pop()) {
      this.restore(frame);
      const { inner } = frame;
      if (inner === undefined) continue;
      seen = inner.execution.failed?.(seen) ?? seen;
      if (inner.site !== undefined) seen = this.callError(inner.site.blamed, inner.site.name, seen);
    }
    return seen;
  }

  /** Throws Go's error for the node visited last. */
  fail(message: string, hint?: string): never {
    throw this.error(message, [], hint);
  }

  /** Returns Go's error for the node visited last. */
  private error(message: string, inner: TemplatePosition[], hint?: string): TemplateError {
    const { tree } = this.template;
    const position = positionOf(tree.source, this.node.pos);
    const { path, line, column } = position;
    const place = `template: ${path}:${line}:${column}: executing ${quote(tree.name)}`;
    // The inner error is not used again, so its trace is extended and not copied.
    inner.push(position);
    return new TemplateError(`${place} at <${nodeText(this.node)}>: ${message}`, inner, { hint });
  }

  /** Throws the template error for an error inside a function. */
  failCall(blamed: Node, name: string, error: unknown): never {
    throw this.callError(blamed, name, error);
  }

  private callError(blamed: Node, name: string, error: unknown): unknown {
    // A stack overflow is no error of the function.
    if (error instanceof RangeError || error instanceof TooDeep) return error;
    this.node = blamed;
    const message = error instanceof Error ? error.message : String(error);
    const inner = error instanceof TemplateError ? error.trace as TemplatePosition[] : [];
    return this.error(
      `error calling ${name}: ${message}`,
      inner,
      error instanceof TemplateError ? error.hint : undefined,
    );
  }
}

/** Line and column, in bytes, of a place in a text. */
export function positionOf(source: Source, pos: number): TemplatePosition {
  const before = source.text.slice(0, pos);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  return { path: source.name, line, column: byteLength(before.slice(lineStart)) };
}
