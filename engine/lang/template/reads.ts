/**
 * Values that need no instructions.
 *
 * @module
 */
import type { Read, Run } from "./machine.ts";
import type { Node, Operand } from "./nodes.ts";

/** The value of the last instruction. Valid up to the next instruction that has a value. */
export const RESULT: Read = ({ value }: Run): unknown => value;

const UNPACKED_RESULT: Read = ({ value }) => value === null ? undefined : value;

/** Go unpacks the interface that a command returns: a nil in it becomes the zero value, which is `undefined` here. */
export function unpacked(read: Read): Read {
  if (read === RESULT) return UNPACKED_RESULT;
  return (run) => {
    const value = read(run);
    return value === null ? undefined : value;
  };
}

/** Always fails. The error names `node`, or the last visited node if there is none. `before` is read first. */
export function failing(node: Node | undefined, message: string, before?: Read): Read {
  return (run) => {
    before?.(run);
    if (node !== undefined) run.node = node;
    return run.fail(message);
  };
}

/** A constant, or always fails with the message. */
export function constant(node: Node, result: { value: unknown } | { message: string }): Read {
  if ("message" in result) return failing(node, result.message);
  const { value } = result;
  return (run) => {
    run.node = node;
    return value;
  };
}

/** True for an operand whose code is a {@linkcode Read} alone, without instructions. */
export function isPlain(node: Operand): boolean {
  switch (node.kind) {
    case "identifier":
      return false;
    case "chain":
      return isPlain(node.node);
    case "pipe": {
      const [only, second] = node.cmds;
      const first = only?.args[0];
      return second === undefined && node.decl.length === 0 && only?.args.length === 1 && first !== undefined &&
        isPlain(first);
    }
  }
  return true;
}
