/**
 * The machine that runs compiled templates: one run's output, variables and position,
 * and the driver that keeps deep recursion off the stack.
 *
 * Source: Go 1.14, `text/template/exec.go`, `state`.
 *
 * @module
 */
import { TemplateError, type TemplatePosition } from "../../../errors.ts";
import { byteLength, type GoMap, type Method, quote } from "../golang/mod.ts";
import type { FuncContext, Steps } from "./funcs/func.ts";
import { type Node, nodeText, type Source, type Tree } from "./nodes.ts";

/**
 * Compiled code. `steps` does the same as a generator; only code that may run
 * another template has it.
 */
export interface Code<Result> {
  (run: Run, dot: unknown): Result;
  steps?: ((run: Run, dot: unknown) => Steps<Result>) | undefined;
}

/** Code of a command, which may be given the value of the command before it. */
export interface PipedCode {
  (run: Run, dot: unknown, final: unknown): unknown;
  steps?: ((run: Run, dot: unknown, final: unknown) => Steps<unknown>) | undefined;
}

/** A template ready to run. */
export interface Template {
  readonly tree: Tree;
  /** Compiled when first run. */
  readonly body: () => Code<void>;
}

/** Nested templates beyond this many run in steps. */
export const DIRECT_DEPTH_MAX = 60;

/** Go's limit of `template` actions inside each other. */
export const TEMPLATE_DEPTH_MAX = 100000;

/** A Go panic outside of a function call. */
export class GoPanic extends Error {}

/** Thrown where Go's stack would overflow and end Helm. It is reported once, not once per level. */
export class TooDeep extends Error {}

/** The state of one template being executed. */
export interface Frame {
  template: Template;
  /** Values of variables, by their place on Go's stack of variables. */
  vars: unknown[];
  /** Places whose value Go would hold as an interface: elements handed out by `range`. */
  boxedVars: boolean[];
  /** The dot is such an element. */
  boxedDot: boolean;
  /** The node visited last, for errors. */
  node: Node;
  /** How many `template` actions lead here. */
  depth: number;
}

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

/** The surroundings of a run: the templates and functions that it can reach. */
export interface World {
  /** The services that functions are called with. */
  readonly context: FuncContext;
  /** Finds a template by name. */
  readonly lookup: (name: string) => Template | undefined;
  /** Finds a method of a map with a named type. */
  readonly mapMethod: MapMethod;
  /** How deep templates are nested on the stack; shared by the runs of `tpl`. */
  readonly nesting: { depth: number };
  /** True for a template that may have to wait for a module, and so runs in steps. */
  readonly mayWait: (template: Template) => boolean;
  /** Receives what a traced program does. */
  readonly tracer?: TraceSink | undefined;
}

/** Finds a method of a map with a named type, such as `chartutil.Files`. */
export type MapMethod = (map: GoMap, type: string, name: string) => Method | undefined;

const NOTHING: Tree = {
  name: "",
  source: { name: "", text: "" },
  root: { kind: "list", pos: 0, nodes: [] },
  calls: { functions: new Set(), templates: new Set(), isAny: false },
  isEmpty: true,
};
const NO_TEMPLATE: Template = { tree: NOTHING, body: () => () => {} };

/** Output that is put aside while another template writes. */
interface Output {
  readonly out: string;
  readonly pieces: string[] | undefined;
}

/** Output below this many UTF-16 units is not worth a piece of its own. */
const PIECE_MIN = 16_384;

/** One run of a set of templates. */
export class Run implements Frame {
  /** The newest output of the innermost running template; {@linkcode written} returns all of it. */
  out = "";
  /** Its output before `out`, in pieces. */
  private pieces: string[] | undefined;
  template: Template;
  vars: unknown[] = [];
  boxedVars: boolean[] = [];
  boxedDot = false;
  node: Node;
  depth = 0;
  /** True if Go would hold the value of the last chain of fields as an interface. */
  boxed = false;

  /** @param world What lies around this run. */
  constructor(readonly world: World) {
    this.template = NO_TEMPLATE;
    this.node = NO_TEMPLATE.tree.root;
  }

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

  /** Begins with no output, and returns what {@linkcode restore} needs. */
  begin(): Output {
    const { out, pieces } = this;
    this.out = "";
    this.pieces = undefined;
    return { out, pieces };
  }

  /** All that was written since {@linkcode begin}. */
  written(): string {
    return this.pieces === undefined ? this.out : this.pieces.join("") + this.out;
  }

  /** Goes back to the output before {@linkcode begin}. */
  restore({ out, pieces }: Output): void {
    this.out = out;
    this.pieces = pieces;
  }

  /** Begins executing a template and returns what {@linkcode leave} needs to go back. */
  enter(template: Template, dot: unknown, depth: number): Frame {
    const { template: old, vars, boxedVars, boxedDot, node, depth: oldDepth } = this;
    this.template = template;
    this.vars = [dot];
    this.boxedVars = [];
    this.boxedDot = false;
    this.node = template.tree.root;
    this.depth = depth;
    this.world.nesting.depth += 1;
    return { template: old, vars, boxedVars, boxedDot, node, depth: oldDepth };
  }

  /** Goes back to the template that was running. */
  leave(frame: Frame): void {
    this.template = frame.template;
    this.vars = frame.vars;
    this.boxedVars = frame.boxedVars;
    this.boxedDot = frame.boxedDot;
    this.node = frame.node;
    this.depth = frame.depth;
    this.world.nesting.depth -= 1;
  }

  /** True if a template must run in steps, because it may have to wait or the stack would grow too high. */
  runsInSteps(template: Template): boolean {
    return this.world.nesting.depth >= DIRECT_DEPTH_MAX || this.world.mayWait(template);
  }

  /** Throws Go's error for the node visited last. */
  fail(message: string, inner: TemplatePosition[] = []): never {
    const { tree } = this.template;
    const position = positionOf(tree.source, this.node.pos);
    const { path, line, column } = position;
    const place = `template: ${path}:${line}:${column}: executing ${quote(tree.name)}`;
    // The inner error is not used again, so its trace is extended and not copied.
    inner.push(position);
    throw new TemplateError(`${place} at <${nodeText(this.node)}>: ${message}`, inner);
  }

  /** Throws the template error for an error inside a function. */
  failCall(node: Node, name: string, error: unknown): never {
    // A stack overflow is no error of the function.
    if (error instanceof RangeError || error instanceof TooDeep) throw error;
    this.node = node;
    const message = error instanceof Error ? error.message : String(error);
    this.fail(
      `error calling ${name}: ${message}`,
      error instanceof TemplateError ? error.trace as TemplatePosition[] : [],
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

/**
 * Runs a computation in steps to its end.
 *
 * @throws {TypeError} When it has to wait: only {@linkcode driveLoading} can.
 */
export function drive<Result>(first: Steps<Result>): Result {
  const driver = new Driver(first);
  if (driver.advance() !== undefined) throw new TypeError("a module is needed before it is loaded");
  return driver.result as Result;
}

/** Runs a computation in steps to its end, and waits for the modules that it needs on its way. */
export async function driveLoading<Result>(first: Steps<Result>): Promise<Result> {
  const driver = new Driver(first);
  for (let module = driver.advance(); module !== undefined; module = driver.advance()) await module;
  return driver.result as Result;
}

/** The computations under way, from the outermost to the innermost. */
class Driver {
  readonly #stack: Steps<unknown>[];
  /** The value to send to the innermost computation; at the end, the result of the outermost. */
  result: unknown;

  constructor(first: Steps<unknown>) {
    this.#stack = [first];
  }

  /** Goes on up to the end, or up to a promise, which is returned. */
  advance(): Promise<void> | undefined {
    const stack = this.#stack;
    let value = this.result;
    let failed = false;
    for (;;) {
      const top = stack.at(-1);
      if (top === undefined) break;
      try {
        const step = failed ? top.throw(value) : top.next(value);
        failed = false;
        if (step.done) {
          stack.pop();
          value = step.value;
        } else {
          value = undefined;
          if (step.value instanceof Promise) {
            this.result = undefined;
            return step.value;
          }
          stack.push(step.value);
        }
      } catch (error) {
        stack.pop();
        failed = true;
        value = error;
      }
    }
    if (failed) throw value;
    this.result = value;
    return undefined;
  }
}

/** Executes a template and returns its text. */
export function execute(run: Run, template: Template, given: unknown): string {
  const data = given === null ? undefined : given;
  if (run.world.nesting.depth >= DIRECT_DEPTH_MAX) return drive(executeSteps(run, template, data));
  const output = run.begin();
  const frame = run.enter(template, data, 0);
  try {
    template.body()(run, data);
    return run.written();
  } finally {
    run.restore(output);
    run.leave(frame);
  }
}

/** As {@linkcode execute}, in steps. */
export function* executeSteps(run: Run, template: Template, given: unknown): Steps<string> {
  const data = given === null ? undefined : given;
  const output = run.begin();
  const frame = run.enter(template, data, 0);
  try {
    const body = template.body();
    if (body.steps === undefined) body(run, data);
    else yield body.steps(run, data);
    return run.written();
  } finally {
    run.restore(output);
    run.leave(frame);
  }
}
