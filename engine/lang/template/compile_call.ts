/**
 * Compiles calls of functions and methods whose arguments are compiled.
 *
 * Source: Go 1.14, `text/template/exec.go`, `evalCall`.
 *
 * @module
 */
import { emit, type Scope } from "./compile_scope.ts";
import { validate } from "./convert.ts";
import { callMethod, findCall, parameterType, readChain } from "./fields.ts";
import type { Func } from "./funcs/func.ts";
import type { Read, Run, TemplateExecution } from "./machine.ts";
import type { Node } from "./nodes.ts";
import type { Method } from "../golang/mod.ts";

/** The arguments of a call. */
export interface Arguments {
  /** How many of them instructions have put on the stack; the first ones. */
  readonly pushed: number;
  /** Those after them. */
  readonly reads: readonly Read[];
  /** The piped value, which is the last argument. If there are pushed ones, it is on the stack before them. */
  readonly final: { readonly read: Read; readonly type: string } | undefined;
}

/** Returns the arguments of a call as a list. */
type Collect = (run: Run) => unknown[];

/** Makes the list of arguments. Go visits the function's node, then each argument; it checks the piped value last. */
function collector(node: Node, { pushed, reads, final }: Arguments): Collect {
  if (pushed > 0) return fromStack(pushed, reads, final?.type);
  const [first, second] = reads;
  // Up to two arguments are the usual case; these need no loop.
  if (final === undefined && first !== undefined && reads.length < 3) {
    return second === undefined ? (run) => [first(run)] : (run) => [first(run), second(run)];
  }
  if (final !== undefined && reads.length < 2) {
    const { read, type } = final;
    return (run) => {
      const value = read(run);
      run.node = node;
      return first === undefined ? [validate(run, value, type)] : [first(run), validate(run, value, type)];
    };
  }
  return (run) => {
    const value = final?.read(run);
    run.node = node;
    const args: unknown[] = [];
    for (const read of reads) args.push(read(run));
    if (final !== undefined) args.push(validate(run, value, final.type));
    return args;
  };
}

function fromStack(pushed: number, reads: readonly Read[], finalType: string | undefined): Collect {
  return (run) => {
    const { stack } = run;
    const args = stack.splice(stack.length - pushed, pushed);
    const final = finalType === undefined ? undefined : stack.pop();
    for (const read of reads) args.push(read(run));
    if (finalType !== undefined) args.push(validate(run, final, finalType));
    return args;
  };
}

/** Adds a call of a function; its errors name the node `blamed`. */
export function emitCall(
  scope: Scope,
  func: Func,
  { node, name, blamed }: { readonly node: Node; readonly name: string; readonly blamed: Node },
  args: Arguments,
): void {
  const collect = collector(node, args);
  // The arguments are evaluated outside of this: only an error of the function itself becomes `error calling NAME`.
  const call = (run: Run, values: unknown[]): unknown => {
    try {
      return func.call(values, run.world.context);
    } catch (error) {
      return run.failCall(blamed, name, error);
    }
  };
  if (func.runsTemplate === true) {
    const site = { blamed, name };
    emit(scope, (run, at) => run.perform(call(run, collect(run)) as TemplateExecution, site, at + 1));
    return;
  }
  const { load } = func;
  if (load !== undefined) {
    // What must be loaded can depend on the arguments, so the call is an instruction of its own after the load.
    emit(scope, (run, at) => {
      const values = collect(run);
      run.value = values;
      let loading: Promise<void> | undefined;
      try {
        loading = load(values);
      } catch (error) {
        run.failCall(blamed, name, error);
      }
      return loading === undefined ? at + 1 : run.wait(loading, at + 1);
    });
    emit(scope, (run, at) => {
      run.value = call(run, run.value as unknown[]);
      return at + 1;
    });
    return;
  }
  emit(scope, (run, at) => {
    run.value = call(run, collect(run));
    return at + 1;
  });
}

/** An argument whose type is known only when the method is found. */
export type TypedRead = (run: Run, type: string) => unknown;

/** A chain of fields whose last field has arguments. */
export interface MethodCall {
  /** The node that errors of the call name. */
  readonly node: Node;
  /** The value that the chain begins with; leaves in `run.boxed` what a chain of fields would. */
  readonly start: Read;
  /** The fields before the last, which are read without arguments. */
  readonly path: readonly string[];
  readonly name: string;
  /** Each compiles one argument. */
  readonly args: readonly (() => TypedRead)[];
  /** True if the piped value is on the stack. */
  readonly isPiped: boolean;
}

/** Adds the call of a method. Its arguments are evaluated after it is found, because it decides their types. */
export function emitMethodCall(scope: Scope, { node, start, path, name, args, isPiped }: MethodCall): void {
  const count = args.length;
  let end = 0;
  emit(scope, (run, at) => {
    let receiver = start(run);
    if (path.length > 0) receiver = readChain(run, receiver, run.boxed, node, path);
    const found = findCall(run, receiver, run.boxed, name, count, isPiped);
    if (found.method === undefined) {
      if (isPiped) run.stack.pop();
      run.value = found.value;
      return end;
    }
    run.stack.push(found.method);
    return at + 1;
  });
  args.forEach((compile, index) => {
    const read = compile();
    emit(scope, (run, at) => {
      const { stack } = run;
      // The method lies below the arguments so far.
      const method = stack[stack.length - 1 - index] as Method;
      stack.push(read(run, parameterType(method, index)));
      return at + 1;
    });
  });
  emit(scope, (run, at) => {
    const { stack } = run;
    const values = stack.splice(stack.length - count, count);
    const method = stack.pop() as Method;
    if (isPiped) values.push(validate(run, stack.pop(), parameterType(method, count)));
    run.value = callMethod(run, method, node, name, values);
    return at + 1;
  });
  end = scope.ops.length;
}
