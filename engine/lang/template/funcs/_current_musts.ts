/**
 * `must` functions that fail where the plain ones do not.
 *
 * Source: sprig 3.3.0, `regex.go`, `date.go`, `defaults.go`; Go 1.26, `time`.
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import { GoTime, localZone, parseDuration, prepareZones, quote } from "../../golang/mod.ts";
import { decodeJson } from "../../yaml/mod.ts";
import { define } from "./_define.ts";
import { type Func, FuncError, type FuncTable } from "./func.ts";

/** Functions about regular expressions: the error of a pattern names the pattern only once. */
function strict(func: Func): Func {
  return {
    ...func,
    call: (args, context) => {
      try {
        return func.call(args, context);
      } catch (error) {
        if (!(error instanceof FuncError)) throw error;
        throw new FuncError(error.message.replace(/^regexp: Compile\(.*?\): (?=error parsing regexp)/s, ""));
      }
    },
  };
}

function fromJson(text: string): unknown {
  try {
    return decodeJson(text);
  } catch (error) {
    if (error instanceof SkegError) throw new FuncError(error.message);
    throw error;
  }
}

/** Returns Go's error for a text that does not begin as the layout does; it names the first part that is missing. */
function misfit(layout: string, text: string): FuncError {
  const [part = ""] = /^(?:2006|January|Jan|Monday|Mon|MST|Z07:00|15|0[1-6]|_2|[1-6]|PM|pm)/.exec(layout) ?? [];
  const shown = (value: string): string => quote(value);
  return new FuncError(
    `parsing time ${shown(text)} as ${shown(layout)}: cannot parse ${shown(text)} as ${shown(part || layout)}`,
  );
}

function toDate(layout: string, text: string): GoTime {
  const time = GoTime.tryParse(layout, text, localZone());
  if (time === undefined) throw misfit(layout, text);
  return time;
}

function modify(change: string, date: unknown): GoTime {
  const nanos = parseDuration(change);
  if (nanos === undefined) {
    const why = /^[-+]?(?:\d|\.\d)[\d.]*$/.test(change) ? "missing unit in duration" : "invalid duration";
    throw new FuncError(`time: ${why} ${quote(change)}`);
  }
  return (date as GoTime).add(nanos);
}

const modifies = define(["string", "time.Time"], modify);

/** Returns the functions by name. */
export function currentMusts(functions: FuncTable): FuncTable {
  const regexps = ["Find", "FindAll", "ReplaceAll", "ReplaceAllLiteral", "Split"];
  const find = functions.regexFind as Func;
  return {
    ...Object.fromEntries(regexps.map((name) => [`mustRegex${name}`, strict(functions[`regex${name}`] as Func)])),
    mustRegexMatch: strict({
      ...(functions.regexMatch as Func),
      call: (args, context) => {
        // Fails for a pattern that cannot be read.
        find.call(args, context);
        return (functions.regexMatch as Func).call(args, context);
      },
    }),
    mustDateModify: modifies,
    must_date_modify: modifies,
    mustFromJson: define(["string"], fromJson),
    mustToDate: { ...define(["string", "string"], toDate), load: () => prepareZones() },
  };
}
