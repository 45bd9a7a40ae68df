/**
 * Compiles trees: a template becomes a list of instructions once and runs many times.
 *
 * Go keeps variables on a stack and finds them by name. The names on that stack
 * are known at every place of the text, so each name becomes a fixed index here.
 *
 * Source: Go 1.14, `text/template/exec.go`, the `walk` functions; for templates of Helm 3, the same file of Go 1.26.
 *
 * @module
 */
import { formatPointee, formatPrintable, goInt, Int, isMap, quote, Slice, sortedKeys } from "../golang/mod.ts";
import { compilePipe } from "./compile_pipe.ts";
import { emit, emitWithin, type EnclosingRange, leftBy, type Scope } from "./compile_scope.ts";
import type { Counter, Cover } from "./cover.ts";
import { holdsBoxes } from "./fields.ts";
import { CURRENT_GO, type FuncTable } from "./funcs/func.ts";
import { GoPanic, type Op, type Read, type Run, type Template, TEMPLATE_DEPTH_MAX } from "./machine.ts";
import {
  type ActionNode,
  type BranchNode,
  fixedText,
  type JumpNode,
  type ListNode,
  type Statement,
  type TemplateNode,
  type Tree,
} from "./nodes.ts";
import { isPlain, RESULT, unpacked } from "./reads.ts";
import type { Tracing } from "./trace.ts";
import { truth } from "./truth.ts";

/** The last instruction of a template. */
const leave: Op = (run) => run.leave();

/** Report or count what compiled code does. */
export interface Observers {
  readonly trace?: Tracing | undefined;
  readonly cover?: Cover | undefined;
}

/** Returns a template whose instructions are compiled when it first runs. */
export function compileTemplate(tree: Tree, functions: FuncTable, { trace, cover }: Observers = {}): Template {
  let ops: Op[] | undefined;
  const code = (): readonly Op[] => {
    if (ops !== undefined) return ops;
    ops = [];
    const scope: Scope = { functions, tree, vars: ["$"], ops, trace, cover };
    emitCount(scope, tree);
    compileList(tree.root, scope);
    ops.push(leave);
    return ops;
  };
  return { tree, code };
}

/** Compiles a list; variables declared in it stay on the stack until the caller removes them. */
function compileList(list: ListNode, scope: Scope): void {
  // A trace reports which node wrote a text, so it needs the nodes apart.
  if (scope.trace !== undefined) list.nodes.forEach((node) => compileStatement(node, scope));
  else {
    for (const { node, text } of joinedText(list.nodes)) {
      if (text === undefined) compileStatement(node, scope);
      else compileText(node, text, scope);
    }
  }
}

/** Adds an instruction that counts the tree or statement, if it has a counter. */
function emitCount(scope: Scope, node: Tree | Statement): void {
  const counter = scope.cover?.counter(node);
  if (counter === undefined) return;
  const { hits, slot } = counter;
  emit(scope, (_, at) => {
    (hits[slot] as number)++;
    return at + 1;
  });
}

/** Returns the place of a list's first instruction. */
type Block = () => number;

/**
 * Compiles a list when it first runs: most branches of a chart are never taken. Its instructions go to the end of the
 * code, and `last` after them. Variables declared in it are gone after it.
 */
function compileLater(list: ListNode, scope: Scope, last: Op): Block {
  // The variables in view are those of this place, not of the time it runs.
  const here: Scope = { ...scope, vars: scope.vars.slice() };
  let place: number | undefined;
  return () => {
    if (place !== undefined) return place;
    place = scope.ops.length;
    compileList(list, here);
    emit(scope, last);
    return place;
  };
}

/** Returns a block that goes on at a place; the `else` of a branch that has none. */
function goTo(place: number): Block {
  return () => place;
}

/** Counts a way of a branch before its block. */
function counted(block: Block, counter: Counter | undefined, way: number): Block {
  if (counter === undefined) return block;
  const { hits } = counter;
  const slot = counter.slot + way;
  return () => {
    (hits[slot] as number)++;
    return block();
  };
}

/** A statement, or neighbouring ones whose text is fixed. */
interface Joined {
  /** The statement, or the first of them. */
  readonly node: Statement;
  /** The text of all of them. */
  readonly text: string | undefined;
}

/** Joins neighbouring nodes whose text is fixed: many charts write braces as string actions. */
function joinedText(nodes: readonly Statement[]): readonly Joined[] {
  const joined: Joined[] = [];
  for (const node of nodes) {
    const text = fixedText(node);
    const last = joined.at(-1);
    if (text === undefined || last?.text === undefined) joined.push({ node, text });
    else joined[joined.length - 1] = { node: last.node, text: last.text + text };
  }
  return joined;
}

function compileStatement(node: Statement, scope: Scope): void {
  const { trace } = scope;
  if (node.kind !== "text") emitCount(scope, node);
  switch (node.kind) {
    case "text":
      return emitWithin(scope, trace?.writer(node, scope.tree), () => compileText(node, node.text, scope));
    case "action":
      return emitWithin(scope, trace?.writer(node, scope.tree), () => compileAction(node, scope));
    case "template":
      return compileTemplateCall(node, scope);
    case "range":
      return emitWithin(scope, trace?.branch, () => compileRange(node, leftBy(scope, trace?.branch.after)));
    case "if":
    case "with":
      return emitWithin(scope, trace?.branch, () => compileBranch(node, leftBy(scope, trace?.branch.after)));
    case "break":
    case "continue":
      return compileJump(node, scope);
  }
}

/** `{{break}}` and `{{continue}}`. Instructions after it are never reached. */
function compileJump({ kind }: JumpNode, { ops, range }: Scope): void {
  // The parser refuses it outside of a range.
  const { next, leaving } = range as EnclosingRange;
  ops.push(...leaving);
  ops.push((run) => {
    run.settle();
    if (kind === "continue") return next;
    leaveLoop(run);
    return next + 1;
  });
}

/** Compiles the pipeline that decides a branch. */
function compileCondition(node: BranchNode, scope: Scope): Read {
  const { trace } = scope;
  if (trace === undefined) return compilePipe(node.pipe, scope);
  emitWithin(scope, trace.condition, () => emitValue(scope, compilePipe(node.pipe, scope)));
  return RESULT;
}

/** Makes a value the result of an instruction. */
function emitValue(scope: Scope, read: Read): void {
  emit(scope, (run, at) => {
    run.value = read(run);
    return at + 1;
  });
}

function compileText(node: Statement, text: string, scope: Scope): void {
  const counter = scope.cover?.counter(node);
  if (counter === undefined) {
    emit(scope, (run, at) => {
      run.out += text;
      return at + 1;
    });
    return;
  }
  // Every other statement is a text, so its counter is not an instruction of its own.
  const { hits, slot } = counter;
  emit(scope, (run, at) => {
    (hits[slot] as number)++;
    run.out += text;
    return at + 1;
  });
}

/** `{{PIPELINE}}`: writes the value, unless it goes to variables. */
function compileAction(node: ActionNode, scope: Scope): void {
  const read = compilePipe(node.pipe, scope);
  // Go prints nothing for an action that declares or sets variables.
  if (node.pipe.decl.length > 0) return;
  emit(scope, (run, at) => {
    const value = read(run);
    if (typeof value === "string") run.out += value;
    // Go prints its zero value as `<no value>`. Helm deletes these words from the finished text.
    else run.out += value === undefined || value === null ? "<no value>" : formatPrintable(value);
    return at + 1;
  });
}

/** `{{template "NAME" PIPELINE}}`. The name is looked up when it runs: a file parsed later may define it. */
function compileTemplateCall(node: TemplateNode, scope: Scope): void {
  const find = (run: Run): Template => {
    run.node = node;
    const template = run.world.lookup(node.name);
    if (template === undefined) run.fail(`template ${quote(node.name)} not defined`);
    if (run.depth === TEMPLATE_DEPTH_MAX) run.fail(`exceeded maximum template depth (${TEMPLATE_DEPTH_MAX})`);
    return template;
  };
  const { pipe } = node;
  if (pipe === undefined || isPlain(pipe)) {
    const data = pipe === undefined ? undefined : unpacked(compilePipe(pipe, scope));
    emit(scope, (run, at) => {
      const template = find(run);
      return run.enter(template, data?.(run), at + 1);
    });
    return;
  }
  // Go looks the template up before it evaluates the pipeline, so the errors of `find` come first.
  emit(scope, (run, at) => {
    find(run);
    return at + 1;
  });
  const data = unpacked(compilePipe(pipe, scope));
  emit(scope, (run, at) => {
    // Before `find`, because an error of the pipeline names the node that was visited last.
    const dot = data(run);
    return run.enter(find(run), dot, at + 1);
  });
}

/** Ends a `with`. */
const restoreDot: Op = (run, at) => {
  run.boxedDot = run.stack.pop() as boolean;
  run.dot = run.stack.pop();
  return at + 1;
};

/** `if` or `with`, and its `else`. */
function compileBranch(node: BranchNode, scope: Scope): void {
  // The condition may declare variables. They end with the branch.
  const mark = scope.vars.length;
  const condition = compileCondition(node, scope);
  const end = scope.ops.length + 1;
  const toEnd: Op = () => end;
  const counter = scope.cover?.counter(node.pipe);
  const elseList = node.elseList === undefined ? goTo(end) : compileLater(node.elseList, scope, toEnd);
  const otherwise = counted(elseList, counter, 1);
  if (node.kind === "if") {
    const body = counted(compileLater(node.list, scope, toEnd), counter, 0);
    emit(scope, (run) => truth(condition(run)) ? body() : otherwise());
  } else {
    const list = compileLater(node.list, leftBy(scope, restoreDot), (run, at) => {
      restoreDot(run, at);
      return end;
    });
    const body = counted(list, counter, 0);
    emit(scope, (run) => {
      const value = condition(run);
      if (!truth(value)) return otherwise();
      run.stack.push(run.dot, run.boxedDot);
      run.dot = value;
      // The pipeline has already unpacked the interface around the new dot.
      run.boxedDot = false;
      return body();
    });
  }
  scope.vars.length = mark;
}

/** The elements that a range goes over. */
interface Elements {
  readonly from: unknown;
  readonly values: readonly unknown[];
  /** Keys of a map; a list's indices are counted. */
  readonly keys: readonly string[] | undefined;
  /** Set for an integer, which Go 1.26 counts up to: there are no values then. */
  readonly count?: Int | undefined;
  /** Go holds the elements as interfaces. */
  readonly boxed: boolean;
}

/**
 * Returns the elements of a value; `undefined` for none. Fails for a value that cannot have any.
 *
 * @param variables How many variables the range has; `undefined` in Go 1.14, which has no range over integers.
 */
function elementsOf(run: Run, value: unknown, variables: number | undefined): Elements | undefined {
  // Go: an invalid value is probably a nil map, and counts as an empty one.
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return { from: value, values: value, keys: undefined, boxed: true };
  if (value instanceof Slice) {
    return { from: value, values: value.items, keys: undefined, boxed: value.elem === "interface {}" };
  }
  if (variables !== undefined && value instanceof Int) {
    if (variables > 1) run.fail(`can't use ${value.value} to iterate over more than one variable`);
    return { from: value, values: [], keys: undefined, count: value, boxed: false };
  }
  if (!isMap(value)) run.fail(`range can't iterate over ${formatPointee(value)}`);
  // Go visits the keys of a map in sorted order.
  const keys = sortedKeys(value);
  return { from: value, values: keys.map((key) => value[key]), keys, boxed: holdsBoxes(value) };
}

/** A `range` that runs. */
interface Loop {
  readonly found: Elements;
  /** Go ranges over a copy of the slice's header, so the length is fixed before the first round. */
  readonly length: number;
  /** The next element. */
  index: number;
  /** The dot around the range. */
  readonly dot: unknown;
  readonly boxedDot: boolean;
}

/** Ends the innermost range. */
function leaveLoop(run: Run): void {
  const { dot, boxedDot } = run.stack.pop() as Loop;
  run.dot = dot;
  run.boxedDot = boxedDot;
}

/** The places of the variables of a range; `undefined` for one that it does not have. */
interface RangePlaces {
  readonly element: number | undefined;
  readonly index: number | undefined;
}

/** Returns the places of a range's variables, after its pipeline was compiled. */
function rangePlaces({ pipe }: BranchNode, { vars, functions }: Scope): RangePlaces {
  const { decl } = pipe;
  if (pipe.isAssign && functions[CURRENT_GO] === true) {
    const places = decl.map(({ idents }) => vars.lastIndexOf(idents[0] ?? ""));
    return { element: places.at(-1), index: places.length > 1 ? places[0] : undefined };
  }
  // Go 1.14 fills the topmost variables, which are not the named ones if the template has `=` instead of `:=`.
  return {
    element: decl.length > 0 ? vars.length - 1 : undefined,
    index: decl.length > 1 ? vars.length - 2 : undefined,
  };
}

/** `range`, and its `else`, which runs if there are no elements. */
function compileRange(node: BranchNode, scope: Scope): void {
  // Variables of the range, and of its body, end with it.
  const mark = scope.vars.length;
  const list = compileCondition(node, scope);
  const places = rangePlaces(node, scope);
  const direct = setter(places);
  const set = scope.trace === undefined ? direct : tracedSetter(direct, places.element);
  const variables = scope.functions[CURRENT_GO] === true ? node.pipe.decl.length : undefined;
  const next = scope.ops.length + 1;
  const end = next + 1;
  const body = compileLater(node.list, { ...scope, range: { next, leaving: [] } }, (run) => {
    // Long output would otherwise become a deep tree of small texts.
    run.settle();
    return next;
  });
  const otherwise = node.elseList === undefined ? goTo(end) : compileLater(node.elseList, scope, () => end);
  const begin: Op = (run, at) => {
    const found = elementsOf(run, list(run), variables);
    const length = found?.count === undefined ? found?.values.length ?? 0 : Number(found.count.value);
    if (found === undefined || length <= 0) return otherwise();
    const { dot, boxedDot } = run;
    run.stack.push({ found, length, index: 0, dot, boxedDot } satisfies Loop);
    return at + 1;
  };
  emit(scope, scope.cover === undefined ? begin : countedRange(begin, node, scope.cover));
  emit(scope, (run, at) => {
    const loop = run.stack[run.stack.length - 1] as Loop;
    const { found, index } = loop;
    if (index === loop.length) {
      leaveLoop(run);
      return at + 1;
    }
    loop.index = index + 1;
    const element = found.count === undefined ? found.values[index] : goInt(index, found.count.type);
    set(run, found, index, element);
    run.dot = element;
    run.boxedDot = found.boxed;
    return body();
  });
  scope.vars.length = mark;
}

/** Counts how many elements a range has, and notes that they are read. */
function countedRange(begin: Op, node: BranchNode, cover: Cover): Op {
  const counter = cover.counter(node.pipe);
  return (run, at) => {
    const next = begin(run, at);
    const loop = next === at + 1 ? run.stack[run.stack.length - 1] as Loop : undefined;
    const length = loop?.length ?? 0;
    if (counter !== undefined) (counter.hits[counter.slot + Math.min(length, 2)] as number)++;
    if (loop !== undefined) cover.reads.elements(loop.found.from, loop.found.keys ?? loop.found.values.keys());
    return next;
  };
}

/** Stores an element, and its index or key, in the variables of a range. */
type Setter = (run: Run, elements: Elements, index: number, element: unknown) => void;

function setter({ element: elementPlace, index: indexPlace }: RangePlaces): Setter {
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
