/**
 * `.a.b.c`: keys of maps, fields of structs, methods with and without
 * arguments.
 *
 * Source: Go 1.14, `text/template/exec.go`, `evalField` and `evalCall`.
 *
 * @module
 */
import { elementType, type GoMap, isMap, MAP_TYPE, type Method, Slice, Struct, typeName } from "../golang/mod.ts";
import type { Run } from "./machine.ts";
import type { Node } from "./nodes.ts";

/** Returns the value of a missing key: the zero value of the type of the map's elements. */
export function zeroElement(map: object): unknown {
  const type = (map as GoMap)[MAP_TYPE];
  if (type === undefined) return null;
  switch (elementType(type)) {
    case "string":
      return "";
    case "[]uint8":
      return new Slice("uint8", [], true);
  }
  return null;
}

/** True when a map's elements are of interface type. */
export function holdsBoxes(map: GoMap): boolean {
  const type = map[MAP_TYPE];
  return type === undefined || elementType(type) === "interface {}";
}

/** The result of reading one field. */
interface Found {
  readonly value: unknown;
  /** Go holds it as an interface. */
  readonly boxed: boolean;
}

/** Reads a chain of fields; the last one may be a method that takes arguments. */
export function readChain(
  run: Run,
  start: unknown,
  startBoxed: boolean,
  node: Node,
  names: readonly string[],
): unknown {
  let value = start;
  let boxed = startBoxed;
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    // Maps are the usual receivers; this path makes no object for each field.
    if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null) {
      const map = value as GoMap;
      const type = map[MAP_TYPE];
      if (type === undefined || run.world.mapMethod(map, type, name) === undefined) {
        const element = map[name];
        value = element === undefined ? zeroElement(map) : element;
        boxed = type === undefined || type === "chartutil.Values" || holdsBoxes(map);
        continue;
      }
    }
    const found = readField(run, value, boxed, node, name);
    value = found.value;
    boxed = found.boxed;
  }
  run.boxed = boxed;
  return value;
}

function readField(run: Run, receiver: unknown, boxed: boolean, node: Node, name: string): Found {
  if (receiver === undefined) return { value: undefined, boxed: false };
  const method = findMethod(run, receiver, name);
  if (method !== undefined) {
    checkArity(run, method, name, 0, false);
    return { value: callMethod(run, method, node, name, []), boxed: false };
  }
  return plainField(run, receiver, boxed, name, false);
}

/** Returns the method of this name; `undefined` if the value has none. */
function findMethod(run: Run, receiver: unknown, name: string): Method | undefined {
  if (receiver instanceof Struct || receiver instanceof Slice) return receiver.method(name);
  if (!isMap(receiver)) return undefined;
  const type = (receiver as GoMap)[MAP_TYPE];
  return type === undefined ? undefined : run.world.mapMethod(receiver as GoMap, type, name);
}

/** Reads a field that is not a method. */
function plainField(run: Run, receiver: unknown, boxed: boolean, name: string, hasArgs: boolean): Found {
  if (receiver === undefined) return { value: undefined, boxed: false };
  if (receiver === null) {
    run.fail(
      `nil pointer evaluating interface {}.${name}`,
      `The map in which .${name} is looked up is not set. Give it a value with --set or -f, or ask for it with ` +
        "{{ if }} first.",
    );
  }
  if (isMap(receiver)) {
    if (hasArgs) run.fail(`${name} is not a method but has arguments`);
    const value = Object.hasOwn(receiver, name) ? receiver[name] : zeroElement(receiver);
    return { value, boxed: holdsBoxes(receiver as GoMap) };
  }
  // Errors name the static type: `interface {}` for an element of a list or map.
  const type = boxed ? "interface {}" : typeName(receiver);
  const value = receiver instanceof Struct && (receiver.kind === "struct" || receiver.kind === "ptr")
    ? receiver.field(name)
    : undefined;
  if (value === undefined) run.fail(`can't evaluate field ${name} in type ${type}`);
  if (!/^\p{Lu}/u.test(name)) run.fail(`${name} is an unexported field of struct type ${type}`);
  if (hasArgs) run.fail(`${name} has arguments but cannot be invoked as function`);
  return { value, boxed: false };
}

/** Fails when the number of arguments is wrong; `count` does not include a piped value. */
function checkArity(
  run: Run,
  method: { readonly params: readonly string[]; readonly variadic?: boolean; readonly results?: number },
  name: string,
  count: number,
  piped: boolean,
): void {
  const message = arityMessage(method, name, count, piped);
  if (message !== undefined) run.fail(message);
}

/** Returns the error about the number of arguments; `undefined` if it is right. */
export function arityMessage(
  method: { readonly params: readonly string[]; readonly variadic?: boolean; readonly results?: number },
  name: string,
  count: number,
  piped: boolean,
): string | undefined {
  const given = count + (piped ? 1 : 0);
  const wanted = method.params.length;
  if (method.variadic) {
    // Go leaves the piped value out of this message, and counts it in the next one.
    if (given < wanted - 1) return `wrong number of args for ${name}: want at least ${wanted - 1} got ${count}`;
  } else if (given !== wanted) return `wrong number of args for ${name}: want ${wanted} got ${given}`;
  // Go calls what has one result, or two of which the second is an error.
  if (method.results !== undefined) return `can't call method/function "${name}" with ${method.results} results`;
  return undefined;
}

/** Returns the type of the parameter that takes argument `index`. */
export function parameterType(
  method: { readonly params: readonly string[]; readonly variadic?: boolean },
  index: number,
): string {
  return method.params[Math.min(index, method.params.length - 1)] ?? "interface {}";
}

/** Calls a method; its errors name the node. */
export function callMethod(run: Run, method: Method, node: Node, name: string, args: unknown[]): unknown {
  try {
    const value = method.call(args);
    return value === undefined ? null : value;
  } catch (error) {
    return run.failCall(node, name, error);
  }
}

/**
 * Finds the last field of a chain, which has arguments or a piped value: a method,
 * or the value of a field that cannot be called.
 */
export function findCall(
  run: Run,
  receiver: unknown,
  boxed: boolean,
  name: string,
  count: number,
  isPiped: boolean,
): { readonly method: Method } | { readonly method?: undefined; readonly value: unknown } {
  const method = findMethod(run, receiver, name);
  if (method === undefined) return { value: plainField(run, receiver, boxed, name, count > 0 || isPiped).value };
  checkArity(run, method, name, count, isPiped);
  return { method };
}
