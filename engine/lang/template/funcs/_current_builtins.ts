/**
 * Go's own functions that give other results since Go 1.14: `len` and `js`.
 *
 * Source: Go 1.26, `text/template/funcs.go`.
 *
 * @module
 */
import { builtinFuncs } from "./builtins.ts";
import { type Func, FuncError, type FuncTable } from "./func.ts";

const { js, len } = builtinFuncs as Readonly<Record<"js" | "len", Func>>;

/** Writes `\x3C` as `\u003C`; a backslash of the text itself stands there twice. */
function unicodeEscapes(text: string): string {
  return text.replace(/\\\\|\\x(3C|3E|26|3D)/g, (part, code?: string) => code === undefined ? part : `\\u00${code}`);
}

/** The functions by name. */
export const currentBuiltins: FuncTable = {
  js: { ...js, call: (args, context) => unicodeEscapes(`${js.call(args, context)}`) },
  len: {
    params: ["reflect.Value"],
    call: (args, context) => {
      const [value] = args;
      if (value === null) throw new FuncError("len of nil pointer");
      if (value === undefined) throw new FuncError("reflect: call of reflect.Value.Type on zero Value");
      return len.call(args, context);
    },
  },
};
