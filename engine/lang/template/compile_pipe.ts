/**
 * Compiles pipelines, commands and operands.
 *
 * Each piece of code sets the last visited node exactly when Go does, because
 * errors name it.
 *
 * Source: Go 1.14, `text/template/exec.go`, the `eval` functions.
 *
 * @module
 */
import type { Scope } from "./compile_scope.ts";
import { canBeNil, idealNumber, literal, validate } from "./convert.ts";
import { arityMessage, callField, callFieldSteps, parameterType, readChain, type TypedCode } from "./fields.ts";
import type { Func, Steps } from "./funcs/func.ts";
import type { Code, PipedCode, Run } from "./machine.ts";
import {
  type ChainNode,
  type CommandNode,
  type FieldNode,
  type IdentifierNode,
  type Node,
  nodeText,
  type Operand,
  type PipeNode,
  type VariableNode,
} from "./nodes.ts";

/** Compiles a pipeline; its value is `undefined` when there is none. */
export function compilePipe(pipe: PipeNode, scope: Scope): Code<unknown> {
  const commands = pipe.cmds.map((command, index) => compileCommand(command, scope, index > 0));
  const store = compileStore(pipe, scope);
  const code = joined(pipe, commands, store);
  if (commands.some((command) => command.steps !== undefined)) {
    code.steps = function* (run, dot): Steps<unknown> {
      run.node = pipe;
      let value: unknown;
      for (const command of commands) {
        value = command.steps === undefined ? command(run, dot, value) : yield command.steps(run, dot, value);
        if (value === null) value = undefined;
      }
      store?.(run, value);
      return value;
    };
  }
  return code;
}

/** Gives a pipeline's value to its variables. */
type Store = (run: Run, value: unknown) => void;

/** Returns code that runs the commands in order, each with the value of the one before it. */
function joined(pipe: PipeNode, commands: readonly PipedCode[], store: Store | undefined): Code<unknown> {
  const [only, second] = commands;
  if (only !== undefined && second === undefined && store === undefined) {
    // Most pipelines are one command without a variable; these need no loop.
    return (run, dot) => {
      run.node = pipe;
      const value = only(run, dot, undefined);
      return value === null ? undefined : value;
    };
  }
  return (run, dot) => {
    run.node = pipe;
    let value: unknown;
    for (let index = 0; index < commands.length; index++) {
      value = (commands[index] as PipedCode)(run, dot, value);
      // Go unpacks the interface that a command returns: a nil in it becomes the zero value, shown as `<no value>`.
      if (value === null) value = undefined;
    }
    if (store !== undefined) store(run, value);
    return value;
  };
}

/** Gives the pipeline's value to its variables. */
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

/** Compiles a command. If it is `piped`, the value of the command before it is its last argument. */
function compileCommand(command: CommandNode, scope: Scope, piped: boolean): PipedCode {
  const first = command.args[0] as Operand;
  switch (first.kind) {
    case "field":
      return compileField(first, command.args, scope, piped);
    case "chain":
      return compileChain(first, command.args, scope, piped);
    case "identifier":
      return compileFunction(first, command, command.args.slice(1), scope, piped);
    case "variable":
      return compileVariable(first, command.args, scope, piped);
    case "pipe":
      // Go checks this before it visits the parenthesis, so the error names the node visited before.
      if (hasArguments(command, piped)) return failing(undefined, noFunction(first));
      return compilePipe(first, scope);
  }
  // The operands that are left are the dot and constants; none of them can be called.
  if (hasArguments(command, piped)) return failing(first, noFunction(first));
  const readDot = dotCode(scope);
  switch (first.kind) {
    case "dot":
      return (run, dot) => {
        run.node = first;
        return readDot(run, dot);
      };
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

function hasArguments(command: CommandNode, piped: boolean): boolean {
  return piped || command.args.length > 1;
}

function noFunction(node: Operand): string {
  return `can't give argument to non-function ${nodeText(node)}`;
}

/** Returns code that fails. The error names `node`, or the last visited node if there is none. */
function failing(node: Node | undefined, message: string): Code<never> {
  return (run) => {
    if (node !== undefined) run.node = node;
    return run.fail(message);
  };
}

/** Returns code of a constant, or code that fails with the message. */
function constant(node: Node, result: { value: unknown } | { message: string }): Code<unknown> {
  if ("message" in result) return failing(node, result.message);
  const { value } = result;
  return (run) => {
    run.node = node;
    return value;
  };
}

// Fields

/** `.a.b`, or a call of the last field. */
function compileField(node: FieldNode, args: readonly Operand[], scope: Scope, piped: boolean): PipedCode {
  const { idents } = node;
  if (args.length <= 1 && !piped) {
    const code: Code<unknown> = (run, dot) => {
      run.node = node;
      return readChain(run, dot, run.boxedDot, node, idents);
    };
    // Decided here and not when it runs: code without a trace does no extra work.
    if (scope.trace === undefined) return code;
    return (run, dot) => {
      run.world.tracer?.chain(dot, idents);
      return code(run, dot);
    };
  }
  // Leaves in `run.boxed` what `withArguments` reads from it, as a chain of fields would.
  const start = (run: Run, dot: unknown): unknown => {
    run.node = node;
    run.boxed = run.boxedDot;
    return dot;
  };
  return withArguments(node, start, idents, args, scope, piped);
}

/** `$x` or `$x.a.b`, or a call of the last field. */
function compileVariable(node: VariableNode, args: readonly Operand[], scope: Scope, piped: boolean): PipedCode {
  const name = node.idents[0] ?? "";
  const place = scope.vars.lastIndexOf(name);
  // Only possible for a name that `=` has used without a declaration; see `compileStore`.
  if (place < 0) return failing(node, `undefined variable: ${name}`);
  const fields = node.idents.slice(1);
  const called = args.length > 1 || piped;
  if (fields.length === 0) {
    if (called) return failing(node, noFunction(args[0] ?? node));
    const code: Code<unknown> = (run) => {
      run.node = node;
      return run.vars[place];
    };
    return scope.trace === undefined ? code : tracedVariable(code, place);
  }
  if (!called) {
    const code: Code<unknown> = (run) => {
      run.node = node;
      return readChain(run, run.vars[place], run.boxedVars[place] === true, node, fields);
    };
    return scope.trace === undefined ? code : tracedVariable(code, place, fields);
  }
  const start = (run: Run): unknown => {
    run.node = node;
    run.boxed = run.boxedVars[place] === true;
    return run.vars[place];
  };
  return withArguments(node, start, fields, args, scope, piped);
}

/** Reports to the tracer the values that the variable was made from, and the path of its fields. */
function tracedVariable(code: Code<unknown>, place: number, fields?: readonly string[]): Code<unknown> {
  return (run, dot) => {
    const { tracer } = run.world;
    if (fields === undefined) tracer?.variable(run, place);
    else tracer?.chain(run.vars[place], fields);
    return code(run, dot);
  };
}

/** Functions that can be called without arguments and whose result Go holds as an interface. */
const BOXED_RESULTS: ReadonlySet<string> = new Set(["coalesce", "concat"]);

/** `(PIPELINE).a.b`, or a call of the last field. */
function compileChain(node: ChainNode, args: readonly Operand[], scope: Scope, piped: boolean): PipedCode {
  const { node: inner, fields } = node;
  const traced = scope.trace !== undefined;
  const boxed = inner.kind === "identifier" && BOXED_RESULTS.has(inner.name);
  const value = inner.kind === "pipe"
    ? compilePipe(inner, scope)
    : compileFunction(inner as IdentifierNode, inner, [], scope, false);
  const start: Code<unknown> = (run, dot) => {
    run.node = node;
    run.node = inner;
    const result = (value as Code<unknown>)(run, dot);
    run.boxed = boxed;
    return result;
  };
  const { steps } = value as Code<unknown>;
  if (steps !== undefined) {
    start.steps = function* (run, dot): Steps<unknown> {
      run.node = inner;
      const result = yield steps(run, dot);
      run.boxed = boxed;
      return result;
    };
  }
  if (args.length > 1 || piped) return withArguments(node, start, fields, args, scope, piped);
  const code: Code<unknown> = (run, dot) => {
    const receiver = start(run, dot);
    if (traced) run.world.tracer?.chain(receiver, fields);
    return readChain(run, receiver, run.boxed, node, fields);
  };
  const startSteps = start.steps;
  if (startSteps !== undefined) {
    code.steps = function* (run, dot): Steps<unknown> {
      const receiver = yield startSteps(run, dot);
      if (traced) run.world.tracer?.chain(receiver, fields);
      return readChain(run, receiver, run.boxed, node, fields);
    };
  }
  return code;
}

/** Compiles a chain of fields whose last field has arguments. */
function withArguments(
  node: Node,
  start: Code<unknown>,
  fields: readonly string[],
  args: readonly Operand[],
  scope: Scope,
  piped: boolean,
): PipedCode {
  // Only the last field is called with arguments; those before it are read without any.
  const path = fields.slice(0, -1);
  const name = fields.at(-1) ?? "";
  // The first operand is the chain itself.
  const call = { node, args: args.slice(1).map((arg) => compileTyped(arg, scope)), piped };
  const code: PipedCode = (run, dot, final) => {
    let receiver = start(run, dot);
    if (path.length > 0) receiver = readChain(run, receiver, run.boxed, node, path);
    return callField(run, dot, receiver, run.boxed, name, call, final);
  };
  const { steps } = start;
  if (steps !== undefined || call.args.some((arg) => arg.steps !== undefined)) {
    code.steps = function* (run, dot, final): Steps<unknown> {
      let receiver = steps === undefined ? start(run, dot) : yield steps(run, dot);
      if (path.length > 0) receiver = readChain(run, receiver, run.boxed, node, path);
      return yield callFieldSteps(run, dot, receiver, run.boxed, name, call, final);
    };
  }
  return code;
}

// Functions

/** A call of a function. Its errors name the node `blamed`, which is the whole command if there is one. */
function compileFunction(
  node: IdentifierNode,
  blamed: Node,
  args: readonly Operand[],
  scope: Scope,
  piped: boolean,
): PipedCode {
  const { name } = node;
  // An own property only: `constructor` and similar names are no functions of templates.
  const func = Object.hasOwn(scope.functions, name) ? scope.functions[name] : undefined;
  if (func === undefined) return failing(node, `"${name}" is not a defined function`);
  // Go checks the number of arguments before it evaluates one, so the result is known before the run.
  const message = arityMessage(func, name, args.length, piped);
  if (message !== undefined) return failing(node, message);
  const codes = args.map((arg, index) => compileArgument(arg, parameterType(func, index), scope));
  const finalType = piped ? parameterType(func, args.length) : undefined;
  const code = callCode(func, node, blamed, codes, finalType);
  // Generators are slow: only a call that may run a template, or wait for a module, gets one.
  if (func.steps !== undefined || func.load !== undefined || codes.some((arg) => arg.steps !== undefined)) {
    code.steps = callSteps(func, node, blamed, codes, finalType);
  }
  return code;
}

/** Returns code of a call; `finalType` is the type of the piped argument, if there is one. */
function callCode(
  func: Func,
  node: IdentifierNode,
  blamed: Node,
  codes: readonly Code<unknown>[],
  finalType: string | undefined,
): PipedCode {
  const count = codes.length;
  const invoke = (run: Run, args: unknown[]): unknown => {
    try {
      const value = func.call(args, run.world.context);
      return value;
    } catch (error) {
      return run.failCall(blamed, node.name, error);
    }
  };
  // One or two arguments are the usual case; these need no loop.
  const [first, second] = codes;
  if (finalType === undefined && first !== undefined && count === 1) {
    return (run, dot) => {
      run.node = node;
      return invoke(run, [first(run, dot)]);
    };
  }
  if (finalType === undefined && first !== undefined && second !== undefined && count === 2) {
    return (run, dot) => {
      run.node = node;
      return invoke(run, [first(run, dot), second(run, dot)]);
    };
  }
  return (run, dot, final) => {
    run.node = node;
    const args: unknown[] = [];
    for (let index = 0; index < count; index++) args.push((codes[index] as Code<unknown>)(run, dot));
    // Go checks the piped value last, after all arguments are evaluated.
    if (finalType !== undefined) args.push(validate(run, final, finalType));
    return invoke(run, args);
  };
}

/** As {@linkcode callCode}, in steps: a module that the call needs is loaded before it. */
function callSteps(
  func: Func,
  node: IdentifierNode,
  blamed: Node,
  codes: readonly Code<unknown>[],
  finalType: string | undefined,
): (run: Run, dot: unknown, final: unknown) => Steps<unknown> {
  return function* (run, dot, final) {
    run.node = node;
    const args: unknown[] = [];
    for (const code of codes) args.push(code.steps === undefined ? code(run, dot) : yield code.steps(run, dot));
    if (finalType !== undefined) args.push(validate(run, final, finalType));
    // The arguments are evaluated outside: only an error of the function itself becomes `error calling NAME`.
    try {
      const { context } = run.world;
      // What must be loaded can depend on the arguments, so this waits until they are known.
      const loading = func.load?.(args);
      if (loading !== undefined) yield loading;
      return func.steps === undefined ? func.call(args, context) : yield func.steps(args, context);
    } catch (error) {
      return run.failCall(blamed, node.name, error);
    }
  };
}

// Arguments

/** Compiles an operand as an argument of a type. */
function compileArgument(node: Operand, type: string, scope: Scope): Code<unknown> {
  switch (node.kind) {
    case "dot":
      return checked(node, type, dotCode(scope));
    case "nil":
      return canBeNil(type) ? constant(node, { value: null }) : failing(node, `cannot assign nil to ${type}`);
    case "pipe":
      return checked(node, type, compilePipe(node, scope));
    case "field":
    case "variable":
    case "chain":
    case "identifier":
      return checked(node, type, compileOperand(node, scope));
  }
  // A literal is converted once, when the template is compiled.
  return constant(node, literal(node, type));
}

/** Returns the dot; a trace notes that it was read. */
function dotCode(scope: Scope): Code<unknown> {
  if (scope.trace === undefined) return (_run, dot) => dot;
  return (run, dot) => {
    run.world.tracer?.read(dot);
    return dot;
  };
}

function compileOperand(node: FieldNode | VariableNode | ChainNode | IdentifierNode, scope: Scope): Code<unknown> {
  const code = node.kind === "field"
    ? compileField(node, [node], scope, false)
    : node.kind === "variable"
    ? compileVariable(node, [], scope, false)
    : node.kind === "chain"
    ? compileChain(node, [], scope, false)
    : compileFunction(node, node, [], scope, false);
  return code as Code<unknown>;
}

/** Code whose value is checked against a type. */
function checked(node: Operand, type: string, value: Code<unknown>): Code<unknown> {
  // An `interface {}` takes every value: nothing is checked, and Go's zero value becomes nil.
  const code: Code<unknown> = type === "interface {}"
    ? (run, dot) => {
      run.node = node;
      const result = value(run, dot);
      return result === undefined ? null : result;
    }
    : (run, dot) => {
      run.node = node;
      return validate(run, value(run, dot), type);
    };
  const { steps } = value;
  if (steps !== undefined) {
    code.steps = function* (run, dot): Steps<unknown> {
      run.node = node;
      return validate(run, yield steps(run, dot), type);
    };
  }
  return code;
}

/** Compiles an operand as an argument whose type is not known yet. */
function compileTyped(node: Operand, scope: Scope): TypedCode {
  // The variables in view are those of this place, not of the time of the call.
  const here: Scope = { ...scope, vars: [...scope.vars] };
  const probe = compileArgument(node, "interface {}", scope);
  const byType = new Map<string, Code<unknown>>([["interface {}", probe]]);
  const codeFor = (type: string): Code<unknown> => {
    let code = byType.get(type);
    if (code === undefined) {
      code = compileArgument(node, type, { ...here, vars: [...here.vars] });
      byType.set(type, code);
    }
    return code;
  };
  const typed: TypedCode = (run, dot, type) => codeFor(type)(run, dot);
  if (probe.steps !== undefined) {
    typed.steps = function* (run, dot, type): Steps<unknown> {
      const code = codeFor(type);
      return code.steps === undefined ? code(run, dot) : yield code.steps(run, dot);
    };
  }
  return typed;
}
