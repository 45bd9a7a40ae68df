/**
 * Compiles pipelines, commands and operands.
 *
 * A command becomes instructions and a {@linkcode Read} that gives its value
 * right after them. Constants, fields and variables need no instructions.
 *
 * Each piece of code sets the last visited node exactly when Go does, because
 * errors name it. It leaves that out only where the next node is visited
 * before anything can fail.
 *
 * Source: Go 1.14, `text/template/exec.go`, the `eval` functions.
 *
 * @module
 */
import { type Arguments, emitCall, emitMethodCall, type TypedRead } from "./compile_call.ts";
import { emit, type Observe, observer, type Scope } from "./compile_scope.ts";
import { canBeNil, idealNumber, literal, validate } from "./convert.ts";
import { arityMessage, parameterType, readChain } from "./fields.ts";
import type { Read, Run } from "./machine.ts";
import {
  type ChainNode,
  type CommandNode,
  type DotNode,
  type FieldNode,
  type IdentifierNode,
  type Node,
  nodeText,
  type Operand,
  type PipeNode,
  type VariableNode,
} from "./nodes.ts";
import type { Func } from "./funcs/func.ts";
import { constant, failing, isPlain, RESULT, unpacked } from "./reads.ts";
import { truth } from "./truth.ts";

/** Compiles a pipeline. The value may be `null` for a nil; {@linkcode unpacked} makes it Go's zero value. */
export function compilePipe(pipe: PipeNode, scope: Scope): Read {
  let read: Read | undefined;
  for (const command of pipe.cmds) {
    read = compileCommand(command, scope, pipe, read === undefined ? undefined : unpacked(read));
  }
  const store = compileStore(pipe, scope);
  if (store === undefined) return read as Read;
  const value = unpacked(read as Read);
  emit(scope, (run, at) => {
    run.value = value(run);
    store(run, run.value);
    return at + 1;
  });
  return RESULT;
}

/** Gives a pipeline's value to its variables. */
type Store = (run: Run, value: unknown) => void;

function compileStore(pipe: PipeNode, scope: Scope): Store | undefined {
  const stores = pipe.decl.map((variable): Store => {
    const name = variable.idents[0] ?? "";
    // Go searches its stack from the top, so an inner variable hides an outer one of the same name.
    let place = scope.vars.lastIndexOf(name);
    // `:=` makes a new variable, even if one of this name is in view. The parser accepts `=` without a declaration, so
    // a name that does not exist is noticed when this runs.
    if (!pipe.isAssign) {
      place = scope.vars.length;
      scope.vars.push(name);
    } else if (place < 0) return (run) => run.fail(`undefined variable: ${name}`);
    const store: Store = (run, value) => {
      run.vars[place] = value;
      // The pipeline has already unpacked the interface.
      run.boxedVars[place] = false;
    };
    if (scope.trace === undefined) return store;
    return (run, value) => {
      store(run, value);
      run.world.tracer?.store(run, place);
    };
  });
  if (stores.length < 2) return stores[0];
  // Only `range` has two variables. Go first gives the pipeline's value to both.
  return (run, value) => stores.forEach((store) => store(run, value));
}

/** Compiles a command of a pipeline. The value of the command before it, `final`, is its last argument. */
function compileCommand(command: CommandNode, scope: Scope, pipe: PipeNode, final: Read | undefined): Read {
  const first = command.args[0] as Operand;
  switch (first.kind) {
    case "field":
      return compileField(first, command.args, scope, final);
    case "chain":
      return compileChain(first, command.args, scope, final);
    case "identifier":
      return compileFunction(first, command, command.args.slice(1), scope, final);
    case "variable":
      return compileVariable(first, command.args, scope, final);
    case "pipe":
      if (final === undefined && command.args.length === 1) return compilePipe(first, scope);
      // Go checks this before it visits the parenthesis, so the error names the node visited before.
      return failing(final === undefined ? pipe : undefined, noFunction(first), final);
  }
  // The operands that are left are the dot and constants; none of them can be called.
  if (final !== undefined || command.args.length > 1) return failing(first, noFunction(first), final);
  switch (first.kind) {
    case "dot":
      return compileDot(first, scope);
    case "nil":
      return failing(first, "nil is not a command");
    case "bool":
      return constant(first, { value: first.value });
    case "string":
      return constant(first, { value: first.text });
    case "number":
      return constant(first, idealNumber(first));
  }
}

function noFunction(node: Operand): string {
  return `can't give argument to non-function ${nodeText(node)}`;
}

// Fields

/** `.a.b`, or a call of the last field. */
function compileField(node: FieldNode, args: readonly Operand[], scope: Scope, final: Read | undefined): Read {
  const { idents } = node;
  if (args.length > 1 || final !== undefined) {
    const start: Read = (run) => {
      run.node = node;
      run.boxed = run.boxedDot;
      return run.dot;
    };
    return compileMethod(node, () => start, idents, args, scope, final);
  }
  const read: Read = (run) => {
    run.node = node;
    return readChain(run, run.dot, run.boxedDot, node, idents);
  };
  const observe = observer(scope, node, idents, tracedChain(idents));
  if (observe === undefined) return read;
  return (run) => {
    const value = read(run);
    observe(run, run.dot, value);
    return value;
  };
}

/** A trace notes the path of a chain of fields. */
function tracedChain(names: readonly string[]): Observe {
  return (run, start) => run.world.tracer?.chain(start, names);
}

function compileDot(node: DotNode, scope: Scope): Read {
  const observe = observer(scope, node, [], (run, dot) => run.world.tracer?.read(dot));
  return (run) => {
    run.node = node;
    observe?.(run, run.dot, run.dot);
    return run.dot;
  };
}

/** `$x` or `$x.a.b`, or a call of the last field. */
function compileVariable(node: VariableNode, args: readonly Operand[], scope: Scope, final: Read | undefined): Read {
  const name = node.idents[0] ?? "";
  const place = scope.vars.lastIndexOf(name);
  // Only possible for a name that `=` has used without a declaration; see `compileStore`.
  if (place < 0) return failing(node, `undefined variable: ${name}`, final);
  const fields = node.idents.slice(1);
  const isCalled = args.length > 1 || final !== undefined;
  if (isCalled && fields.length === 0) return failing(node, noFunction(args[0] ?? node), final);
  if (isCalled) {
    const start: Read = (run) => {
      run.node = node;
      run.boxed = run.boxedVars[place] === true;
      return run.vars[place];
    };
    return compileMethod(node, () => start, fields, args, scope, final);
  }
  const read: Read = fields.length === 0
    ? (run) => {
      run.node = node;
      return run.vars[place];
    }
    : (run) => {
      run.node = node;
      return readChain(run, run.vars[place], run.boxedVars[place] === true, node, fields);
    };
  const traced: Observe = fields.length > 0 ? tracedChain(fields) : (run) => run.world.tracer?.variable(run, place);
  const observe = observer(scope, node, fields, traced);
  if (observe === undefined) return read;
  return (run) => {
    const value = read(run);
    observe(run, run.vars[place], value);
    return value;
  };
}

/** Functions that can be called without arguments and whose result Go holds as an interface. */
const BOXED_RESULTS: ReadonlySet<string> = new Set(["coalesce", "concat"]);

/** `(PIPELINE).a.b`, or a call of the last field. */
function compileChain(node: ChainNode, args: readonly Operand[], scope: Scope, final: Read | undefined): Read {
  const { node: inner, fields } = node;
  const boxed = inner.kind === "identifier" && BOXED_RESULTS.has(inner.name);
  const compileStart = (): Read => {
    const value = inner.kind === "pipe"
      ? unpacked(compilePipe(inner, scope))
      : compileFunction(inner as IdentifierNode, inner, [], scope, undefined);
    return (run) => {
      const result = value(run);
      run.boxed = boxed;
      return result;
    };
  };
  if (args.length > 1 || final !== undefined) return compileMethod(node, compileStart, fields, args, scope, final);
  const start = compileStart();
  const observe = observer(scope, node, fields, tracedChain(fields));
  return (run) => {
    const receiver = start(run);
    const value = readChain(run, receiver, run.boxed, node, fields);
    observe?.(run, receiver, value);
    return value;
  };
}

/** Compiles a chain of fields whose last field has arguments. The first operand is the chain itself. */
function compileMethod(
  node: Node,
  compileStart: () => Read,
  fields: readonly string[],
  operands: readonly Operand[],
  scope: Scope,
  final: Read | undefined,
): Read {
  // The command before it has run when Go comes to this one.
  if (final !== undefined) emitPush(scope, final);
  emitMethodCall(scope, {
    node,
    start: compileStart(),
    path: fields.slice(0, -1),
    name: fields.at(-1) ?? "",
    args: operands.slice(1).map((operand) => () => compileTyped(operand, scope)),
    isPiped: final !== undefined,
  });
  return RESULT;
}

// Functions

/** A call of a function. Its errors name the node `blamed`, which is the whole command if there is one. */
function compileFunction(
  node: IdentifierNode,
  blamed: Node,
  operands: readonly Operand[],
  scope: Scope,
  final: Read | undefined,
): Read {
  const { name } = node;
  // An own property only: `constructor` and similar names are no functions of templates.
  const func = Object.hasOwn(scope.functions, name) ? scope.functions[name] : undefined;
  if (func === undefined) return failing(node, `"${name}" is not a defined function`, final);
  // Go checks the number of arguments before it evaluates one, so the result is known before the run.
  const message = arityMessage(func, name, operands.length, final !== undefined);
  if (message !== undefined) return failing(node, message, final);
  if (func.stopsAt !== undefined) return compileStopping(scope.cover?.func(node, func) ?? func, operands, scope, final);
  const finalType = parameterType(func, operands.length);
  const args = compileArguments(operands, (index) => parameterType(func, index), scope, final);
  emitCall(scope, scope.cover?.func(node, func) ?? func, { node, name, blamed }, {
    ...args,
    final: final === undefined ? undefined : { read: final, type: finalType },
  });
  return RESULT;
}

/** A call that evaluates its arguments one by one, and ends with the one that decides; the piped value comes last. */
function compileStopping(func: Func, operands: readonly Operand[], scope: Scope, final: Read | undefined): Read {
  let end = 0;
  const stack = final === undefined ? 0 : 1;
  if (final !== undefined) emitPush(scope, final);
  operands.forEach((operand, index) => {
    const read = compileArgument(operand, parameterType(func, index), scope);
    const isLast = index === operands.length - 1 && final === undefined;
    emit(scope, (run, at) => {
      const value = read(run);
      if (!isLast && truth(value) !== func.stopsAt) return at + 1;
      if (stack > 0) run.stack.pop();
      run.value = func.call([value], run.world.context);
      return end;
    });
  });
  if (final !== undefined) {
    emit(scope, (run) => {
      run.value = func.call([run.stack.pop()], run.world.context);
      return end;
    });
  }
  end = scope.ops.length;
  return RESULT;
}

function emitPush(scope: Scope, read: Read): void {
  emit(scope, (run, at) => {
    run.stack.push(read(run));
    return at + 1;
  });
}

/**
 * Compiles arguments. Go evaluates them from left to right, and each may change what a later one reads. So those up to
 * the last that needs instructions are put on the stack, with `final` before them; the others are read by the call.
 */
function compileArguments(
  operands: readonly Operand[],
  typeOf: (index: number) => string,
  scope: Scope,
  final: Read | undefined,
): Pick<Arguments, "pushed" | "reads"> {
  const pushed = operands.findLastIndex((operand) => !isPlain(operand)) + 1;
  if (pushed > 0 && final !== undefined) emitPush(scope, final);
  const reads: Read[] = [];
  operands.forEach((operand, index) => {
    const read = compileArgument(operand, typeOf(index), scope);
    if (index < pushed) emitPush(scope, read);
    else reads.push(read);
  });
  return { pushed, reads };
}

/** Compiles an operand as an argument of a type. */
function compileArgument(node: Operand, type: string, scope: Scope): Read {
  const value = compileValue(node, scope);
  if (value === undefined) {
    // A literal is converted once, when the template is compiled.
    if (node.kind !== "nil") return constant(node, literal(node, type));
    return constant(node, canBeNil(type) ? { value: null } : { message: `cannot assign nil to ${type}` });
  }
  // An `interface {}` takes every value: nothing is checked, and Go's zero value becomes nil.
  if (type !== "interface {}") return (run) => validate(run, value(run), type);
  return (run) => {
    const result = value(run);
    return result === undefined ? null : result;
  };
}

/** Compiles an operand as an argument whose type is known when the method is found. */
function compileTyped(node: Operand, scope: Scope): TypedRead {
  const value = compileValue(node, scope);
  if (value !== undefined) return (run, type) => validate(run, value(run), type);
  return (run, type) => compileArgument(node, type, scope)(run);
}

/** Compiles an operand whose value is known only when it runs; returns `undefined` for `nil` and literals. */
function compileValue(node: Operand, scope: Scope): Read | undefined {
  switch (node.kind) {
    case "dot":
      return compileDot(node, scope);
    case "pipe":
      return unpacked(compilePipe(node, scope));
    case "field":
      return compileField(node, [node], scope, undefined);
    case "variable":
      return compileVariable(node, [], scope, undefined);
    case "chain":
      return compileChain(node, [], scope, undefined);
    case "identifier":
      return compileFunction(node, node, [], scope, undefined);
  }
  return undefined;
}
