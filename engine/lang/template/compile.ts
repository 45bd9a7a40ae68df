/**
 * Compiles trees: a template becomes closures once and runs many times.
 *
 * Go keeps variables on a stack and finds them by name. The names on that stack
 * are known at every place of the text, so each name becomes a fixed index here.
 *
 * Source: Go 1.14, `text/template/exec.go`, the `walk` functions.
 *
 * @module
 */
import { formatPointee, formatPrintable, goInt, isMap, quote, Slice, sortedKeys } from "../golang/mod.ts";
import { compilePipe } from "./compile_pipe.ts";
import type { Scope } from "./compile_scope.ts";
import { holdsBoxes } from "./fields.ts";
import type { FuncTable, Steps } from "./funcs/func.ts";
import { type Code, DIRECT_DEPTH_MAX, drive, GoPanic, type Run, type Template, TEMPLATE_DEPTH_MAX } from "./machine.ts";
import type { ActionNode, BranchNode, CommandNode, ListNode, Operand, Statement, TemplateNode, Tree } from "./nodes.ts";
import type { Tracing } from "./trace.ts";
import { truth } from "./truth.ts";

/** Returns a template whose body is compiled when it first runs. */
export function compileTemplate(tree: Tree, functions: FuncTable, trace?: Tracing | undefined): Template {
  let body: Code<void> | undefined;
  return {
    tree,
    body: () => body ??= compileList(tree.root, { functions, vars: ["$"], trace }, tree),
  };
}

/** The `else` of a branch that has none. */
const nothing: Code<void> = () => {};

/** Compiles a list; variables declared in it stay on the stack until the caller removes them. */
function compileList(list: ListNode, scope: Scope, tree: Tree): Code<void> {
  // A trace reports which node wrote a text, so it needs the nodes apart.
  const nodes = scope.trace === undefined ? joinedText(list.nodes) : list.nodes;
  const parts = nodes.map((node) => compileStatement(node, scope, tree));
  const code = sequence(parts);
  // Generators are slow: a list gets one only if one of its parts has one.
  if (parts.some((part) => part.steps !== undefined)) {
    code.steps = function* (run, dot): Steps<void> {
      for (const part of parts) {
        if (part.steps === undefined) part(run, dot);
        else yield part.steps(run, dot);
      }
    };
  }
  return code;
}

/**
 * Compiles a list when it first runs: most branches of a chart are never taken.
 * Variables declared in it are gone after it.
 */
function compileLater(list: ListNode, scope: Scope, tree: Tree): Code<void> {
  if (scope.trace !== undefined || list.nodes.every((node) => node.kind === "text")) {
    const mark = scope.vars.length;
    const code = compileList(list, scope, tree);
    scope.vars.length = mark;
    return code;
  }
  // The variables in view are those of this place, not of the time it runs.
  const here: Scope = { ...scope, vars: scope.vars.slice() };
  let compiled: Code<void> | undefined;
  const code: Code<void> = (run, dot) => (compiled ??= compileList(list, here, tree))(run, dot);
  code.steps = function* (run, dot): Steps<void> {
    compiled ??= compileList(list, here, tree);
    if (compiled.steps === undefined) compiled(run, dot);
    else yield compiled.steps(run, dot);
  };
  return code;
}

/** Returns the text that a statement always writes; `undefined` if it depends on the run. */
function fixedText(node: Statement): string | undefined {
  if (node.kind === "text") return node.text;
  // An action that sets a variable writes nothing.
  if (node.kind !== "action" || node.pipe.decl.length > 0 || node.pipe.cmds.length !== 1) return undefined;
  const { args } = node.pipe.cmds[0] as CommandNode;
  const first = args[0] as Operand;
  return args.length === 1 && first.kind === "string" ? first.text : undefined;
}

/** Joins neighbouring nodes whose text is fixed: many charts write braces as string actions. */
function joinedText(nodes: readonly Statement[]): readonly Statement[] {
  const joined: Statement[] = [];
  let last: string | undefined;
  for (const node of nodes) {
    const text = fixedText(node);
    if (text === undefined) joined.push(node);
    else if (last === undefined) joined.push({ kind: "text", pos: node.pos, text });
    else joined[joined.length - 1] = { kind: "text", pos: node.pos, text: last + text };
    last = text === undefined ? undefined : (last ?? "") + text;
  }
  return joined;
}

/** Returns code that runs the parts in order. */
function sequence(parts: readonly Code<void>[]): Code<void> {
  const [first, second, third] = parts;
  if (first === undefined) return (..._) => {};
  // Short lists are frequent, and direct calls are faster than a loop.
  if (second === undefined) return (run, dot) => first(run, dot);
  if (third === undefined) {
    return (run, dot) => {
      first(run, dot);
      second(run, dot);
    };
  }
  return (run, dot) => {
    for (let index = 0; index < parts.length; index++) (parts[index] ?? nothing)(run, dot);
  };
}

function compileStatement(node: Statement, scope: Scope, tree: Tree): Code<void> {
  switch (node.kind) {
    case "text":
      return traced(node, scope, tree, compileText(node.text));
    case "action":
      return traced(node, scope, tree, compileAction(node, scope));
    case "template":
      return compileTemplateCall(node, scope);
    case "range":
      return guarded(scope, compileRange(node, scope, tree));
    case "if":
    case "with":
      return guarded(scope, compileBranch(node, scope, tree));
  }
}

/** Makes code that writes report to the tracer, if there is a trace. */
function traced(node: Statement, scope: Scope, tree: Tree, code: Code<void>): Code<void> {
  return scope.trace === undefined ? code : scope.trace.writer(node, tree, code);
}

/** Makes the conditions that a branch reads end with it, if there is a trace. */
function guarded(scope: Scope, code: Code<void>): Code<void> {
  return scope.trace === undefined ? code : scope.trace.branch(code);
}

/** Compiles the pipeline that decides a branch. */
function compileCondition(node: BranchNode, scope: Scope): Code<unknown> {
  const code = compilePipe(node.pipe, scope);
  return scope.trace === undefined ? code : scope.trace.condition(code);
}

function compileText(text: string): Code<void> {
  return (run) => {
    run.out += text;
  };
}

function write(run: Run, value: unknown): void {
  // Go prints its zero value as `<no value>`. Helm deletes these words from the finished text.
  run.out += typeof value === "string" ? value : value === undefined ? "<no value>" : formatPrintable(value);
}

/** `{{PIPELINE}}`: writes the value, unless it goes to variables. */
function compileAction(node: ActionNode, scope: Scope): Code<void> {
  const pipe = compilePipe(node.pipe, scope);
  // Go prints nothing for an action that declares or sets variables.
  const isSilent = node.pipe.decl.length > 0;
  const code: Code<void> = isSilent ? (run, dot) => void pipe(run, dot) : (run, dot) => write(run, pipe(run, dot));
  const { steps } = pipe;
  if (steps !== undefined) {
    code.steps = function* (run, dot): Steps<void> {
      const value = yield steps(run, dot);
      if (!isSilent) write(run, value);
    };
  }
  return code;
}

/** `{{template "NAME" PIPELINE}}`. The name is looked up when it runs: a file parsed later may define it. */
function compileTemplateCall(node: TemplateNode, scope: Scope): Code<void> {
  const pipe = node.pipe === undefined ? undefined : compilePipe(node.pipe, scope);
  // Go looks the template up before it evaluates the pipeline, so these errors come first.
  const find = (run: Run): Template => {
    run.node = node;
    const template = run.world.lookup(node.name);
    if (template === undefined) run.fail(`template ${quote(node.name)} not defined`);
    if (run.depth === TEMPLATE_DEPTH_MAX) run.fail(`exceeded maximum template depth (${TEMPLATE_DEPTH_MAX})`);
    return template;
  };
  const steps = function* (run: Run, dot: unknown): Steps<void> {
    const template = find(run);
    const data = pipe?.steps === undefined ? pipe?.(run, dot) : yield pipe.steps(run, dot);
    const frame = run.enter(template, data, run.depth + 1);
    const body = template.body();
    if (body.steps === undefined || !run.runsInSteps(template)) body(run, data);
    else yield body.steps(run, data);
    run.leave(frame);
  };
  const code: Code<void> = (run, dot) => {
    // JavaScript's stack is smaller than Go's: deep levels run on the stack of the driver.
    if (run.world.nesting.depth >= DIRECT_DEPTH_MAX) return drive(steps(run, dot));
    const template = find(run);
    const data = pipe?.(run, dot);
    const frame = run.enter(template, data, run.depth + 1);
    template.body()(run, data);
    run.leave(frame);
  };
  code.steps = steps;
  return code;
}

/** `if` or `with`, and its `else`. */
function compileBranch(node: BranchNode, scope: Scope, tree: Tree): Code<void> {
  // The condition may declare variables. They end with the branch.
  const mark = scope.vars.length;
  const pipe = compileCondition(node, scope);
  const body = compileLater(node.list, scope, tree);
  const otherwise = node.elseList === undefined ? nothing : compileLater(node.elseList, scope, tree);
  scope.vars.length = mark;
  const code = node.kind === "with" ? withCode(pipe, body, otherwise) : ifCode(pipe, body, otherwise);
  if (pipe.steps !== undefined || body.steps !== undefined || otherwise.steps !== undefined) {
    code.steps = branchSteps(node.kind === "with", pipe, body, otherwise);
  }
  return code;
}

function ifCode(pipe: Code<unknown>, body: Code<void>, otherwise: Code<void>): Code<void> {
  return (run, dot) => truth(pipe(run, dot)) ? body(run, dot) : otherwise(run, dot);
}

function withCode(pipe: Code<unknown>, body: Code<void>, otherwise: Code<void>): Code<void> {
  return (run, dot) => {
    const value = pipe(run, dot);
    if (!truth(value)) return otherwise(run, dot);
    const { boxedDot } = run;
    // The pipeline has already unpacked the interface around the new dot.
    run.boxedDot = false;
    body(run, value);
    run.boxedDot = boxedDot;
  };
}

/** As {@linkcode ifCode} and {@linkcode withCode}, in steps. */
function branchSteps(
  isWith: boolean,
  pipe: Code<unknown>,
  body: Code<void>,
  otherwise: Code<void>,
): (run: Run, dot: unknown) => Steps<void> {
  return function* (run, dot) {
    const value = pipe.steps === undefined ? pipe(run, dot) : yield pipe.steps(run, dot);
    const isTrue = truth(value);
    const chosen = isTrue ? body : otherwise;
    const inner = isTrue && isWith ? value : dot;
    const { boxedDot } = run;
    if (isTrue && isWith) run.boxedDot = false;
    if (chosen.steps === undefined) chosen(run, inner);
    else yield chosen.steps(run, inner);
    run.boxedDot = boxedDot;
  };
}

/** The elements that a range goes over. */
interface Elements {
  readonly from: unknown;
  readonly values: readonly unknown[];
  /** Keys of a map; a list's indices are counted. */
  readonly keys: readonly string[] | undefined;
  /** Go holds the elements as interfaces. */
  readonly boxed: boolean;
}

/** Returns the elements of a value; `undefined` for none. Fails for a value that cannot have any. */
function elementsOf(run: Run, value: unknown): Elements | undefined {
  // Go: an invalid value is probably a nil map, and counts as an empty one.
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return { from: value, values: value, keys: undefined, boxed: true };
  if (value instanceof Slice) {
    return { from: value, values: value.items, keys: undefined, boxed: value.elem === "interface {}" };
  }
  if (!isMap(value)) run.fail(`range can't iterate over ${formatPointee(value)}`);
  // Go visits the keys of a map in sorted order.
  const keys = sortedKeys(value);
  return { from: value, values: keys.map((key) => value[key]), keys, boxed: holdsBoxes(value) };
}

/** `range`, and its `else`, which runs if there are no elements. */
function compileRange(node: BranchNode, scope: Scope, tree: Tree): Code<void> {
  // Variables of the range, and of its body, end with it.
  const mark = scope.vars.length;
  const pipe = compileCondition(node, scope);
  const inner = scope.vars.length;
  // Go 1.14 fills the topmost variables, which are not the named ones if the template has `=` instead of `:=`.
  const elementPlace = node.pipe.decl.length > 0 ? inner - 1 : undefined;
  const indexPlace = node.pipe.decl.length > 1 ? inner - 2 : undefined;
  const body = compileLater(node.list, scope, tree);
  const otherwise = node.elseList === undefined ? nothing : compileLater(node.elseList, scope, tree);
  scope.vars.length = mark;
  const direct = setter(elementPlace, indexPlace);
  const set = scope.trace === undefined ? direct : tracedSetter(direct, elementPlace);
  const code: Code<void> = (run, dot) => {
    run.node = node;
    const found = elementsOf(run, pipe(run, dot));
    if (found === undefined || found.values.length === 0) return otherwise(run, dot);
    const { values, boxed } = found;
    const { boxedDot } = run;
    // Go ranges over a copy of the slice's header, so the length is fixed before the first round.
    const { length } = values;
    for (let index = 0; index < length; index++) {
      const element = values[index];
      set(run, found, index, element);
      run.boxedDot = boxed;
      body(run, element);
      // Long output would otherwise become a deep tree of small texts.
      run.settle();
    }
    run.boxedDot = boxedDot;
  };
  if (pipe.steps !== undefined || body.steps !== undefined || otherwise.steps !== undefined) {
    code.steps = rangeSteps(node, pipe, body, otherwise, set);
  }
  return code;
}

/** Stores an element, and its index or key, in the variables of a range. */
type Setter = (run: Run, elements: Elements, index: number, element: unknown) => void;

function setter(elementPlace: number | undefined, indexPlace: number | undefined): Setter {
  if (elementPlace === undefined) return () => {};
  return (run, { keys, boxed }, index, element) => {
    run.vars[elementPlace] = element;
    run.boxedVars[elementPlace] = boxed;
    if (indexPlace === undefined) return;
    // With `=` instead of `:=` the stack may hold `$` alone. Go panics then.
    if (indexPlace < 0) throw new GoPanic(`runtime error: index out of range [${indexPlace}]`);
    run.vars[indexPlace] = keys === undefined ? goInt(index) : keys[index];
    run.boxedVars[indexPlace] = false;
  };
}

/** Also tells the tracer which list or map the element comes from. */
function tracedSetter(set: Setter, place: number | undefined): Setter {
  return (run, elements, index, element) => {
    set(run, elements, index, element);
    const key = elements.keys === undefined ? index : elements.keys[index] ?? "";
    run.world.tracer?.element(run, elements.from, key, element, place);
  };
}

/** As the code of {@linkcode compileRange}, in steps. */
function rangeSteps(
  node: BranchNode,
  pipe: Code<unknown>,
  body: Code<void>,
  otherwise: Code<void>,
  set: Setter,
): (run: Run, dot: unknown) => Steps<void> {
  return function* (run, dot) {
    run.node = node;
    const value = pipe.steps === undefined ? pipe(run, dot) : yield pipe.steps(run, dot);
    const found = elementsOf(run, value);
    if (found === undefined || found.values.length === 0) {
      if (otherwise.steps === undefined) otherwise(run, dot);
      else yield otherwise.steps(run, dot);
      return;
    }
    const { boxedDot } = run;
    const { length } = found.values;
    for (let index = 0; index < length; index++) {
      const element = found.values[index];
      set(run, found, index, element);
      run.boxedDot = found.boxed;
      if (body.steps === undefined) body(run, element);
      else yield body.steps(run, element);
      run.settle();
    }
    run.boxedDot = boxedDot;
  };
}
