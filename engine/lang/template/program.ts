/**
 * A set of template files that see each other's definitions, compiled once and
 * run with any data: `include`, `tpl` and the order of files.
 *
 * Source: Helm 2.17.0, `pkg/engine/engine.go`.
 *
 * @module
 */
import { TemplateError } from "../../../errors.ts";
import { type ClockAndRandom, systemClock, systemRandom } from "../../base/mod.ts";
import {
  compareBytes,
  type GoMap,
  isMap,
  MAP_TYPE,
  newMap,
  normalizeText,
  quote,
  timeNow,
  typeName,
} from "../golang/mod.ts";
import { compileTemplate } from "./compile.ts";
import type { Cover } from "./cover.ts";
import { CURRENT_GO, type FuncContext, FuncError, type FuncNeeds, type FuncTable } from "./funcs/func.ts";
import { GoPanic, type MapMethod, Run, type Template, type TemplateExecution, TooDeep, type World } from "./machine.ts";
import type { Tree } from "./nodes.ts";
import { parseTemplate } from "./parser.ts";
import { type Span, Tracer, tracing } from "./trace.ts";

/** A template file. */
export interface TemplateFile {
  /** Full name, such as `web/templates/service.yaml`. */
  readonly name: string;
  /** Its text. */
  readonly text: string;
}

/** Options to make a program. */
export interface ProgramOptions {
  /** Functions by name. */
  readonly functions: FuncTable;
  /** Finds methods of maps with named types. */
  readonly mapMethod?: MapMethod;
  /** Loaders of the modules that functions need before they are called. */
  readonly needs?: FuncNeeds;
  /** Makes every template report what it writes; see {@linkcode RunOptions.traced}. */
  readonly trace?: boolean;
  /** Counts what the templates do; may be shared by programs with the same files. */
  readonly cover?: Cover | undefined;
}

/** Options of one run. */
export interface RunOptions extends ClockAndRandom {
  /** Returns the data of a file, and the folder its `.Template.BasePath` names. */
  readonly dataOf: (name: string) => { readonly data: GoMap; readonly basePath: string };
  /** When linting, called with the message for a missing required value, instead of failing. */
  readonly missing?: ((message: string) => void) | undefined;
  /** Objects that the paths of values begin with, and their paths; for a program made with `trace` or `cover`. */
  readonly roots?: ReadonlyMap<object, readonly string[]> | undefined;
  /** Called with each file's spans of output, if the program was made with `trace`. */
  readonly traced?: ((name: string, spans: readonly Span[]) => void) | undefined;
}

/** Maximal nesting of `include` for one name. */
const INCLUDE_DEPTH_MAX = 1000;
/** Maximal nesting of `tpl`. Go's stack would overflow somewhat later. */
const TPL_DEPTH_MAX = 5000;
/** Maximal number of parsed `tpl` texts that are kept. */
const TPL_CACHE_MAX = 1000;

const NO_VALUE = "<no value>";
/** The name that Helm gives to the set of all templates. */
const ROOT_NAME = "gotpl";

function compareOrder(a: string, b: string): number {
  // Helm sorts by depth and then by name, and takes the reverse.
  return b.split("/").length - a.split("/").length || compareBytes(b, a);
}

/** Returns names in the order in which Helm parses and executes files: deep ones first. */
export function inFileOrder(names: readonly string[]): string[] {
  return [...names].sort(compareOrder);
}

/** Finds templates by name. */
interface Definitions {
  get(name: string): Template | undefined;
  has(name: string): boolean;
}

/** Returns the definition that counts of two with one name: a blank one does not replace another. */
function latest(old: Template | undefined, next: Template): Template {
  return old === undefined || !next.tree.isEmpty ? next : old;
}

/** Templates by name, with the files that define them. */
class DefinedTemplates implements Definitions {
  private readonly byName = new Map<
    string,
    { template: Template; readonly all: { file: ParsedFile; own: Template }[] }
  >();

  constructor(files: readonly ParsedFile[]) {
    for (const file of files) {
      for (const own of file.templates) {
        const { name } = own.tree;
        const known = this.byName.get(name);
        if (known === undefined) this.byName.set(name, { template: own, all: [{ file, own }] });
        else {
          known.template = latest(known.template, own);
          known.all.push({ file, own });
        }
      }
    }
  }

  get(name: string): Template | undefined {
    return this.byName.get(name)?.template;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  names(): Iterable<string> {
    return this.byName.keys();
  }

  /** Returns the definitions of all files except those that are left out. */
  without(isLeftOut: (file: ParsedFile) => boolean): Definitions {
    const get = (name: string): Template | undefined => {
      let found: Template | undefined;
      for (const { file, own } of this.byName.get(name)?.all ?? []) if (!isLeftOut(file)) found = latest(found, own);
      return found;
    };
    return { get, has: (name) => get(name) !== undefined };
  }
}

/** A parsed file: its own template and its definitions. */
interface ParsedFile {
  readonly name: string;
  readonly templates: readonly Template[];
}

/** A text given to `tpl`, with the definitions it sees. */
interface TplText {
  readonly own: Definitions;
  readonly references: Definitions;
  /** Functions that it uses. */
  readonly used: ReadonlySet<string>;
}

/** Compiled template files. */
export class Program {
  private readonly files: readonly ParsedFile[];
  private readonly fileNames: ReadonlySet<string>;
  private readonly definitions: DefinedTemplates;
  private readonly tplTexts = new Map<string, TplText>();
  /** Functions that the files use. */
  private readonly used = new Set<string>();
  /** Functions whose modules are loaded. */
  private readonly ready = new Set<string>();

  /**
   * Parses all files.
   *
   * @throws TemplateError when one cannot be parsed.
   */
  constructor(files: readonly TemplateFile[], private readonly options: ProgramOptions) {
    const byName = new Map(files.map((file) => [file.name, file.text]));
    this.files = inFileOrder([...byName.keys()]).map((name) =>
      this.parse(name, byName.get(name) ?? "", this.used, "file")
    );
    this.fileNames = new Set(byName.keys());
    this.definitions = new DefinedTemplates(this.files);
  }

  /** Loads the modules that functions need; `undefined` if all are loaded. */
  private prepare(names: Iterable<string>): Promise<void> | undefined {
    const { needs = {} } = this.options;
    const missing = [...names].filter((name) => Object.hasOwn(needs, name) && !this.ready.has(name));
    if (missing.length === 0) return undefined;
    return Promise.all(missing.map((name) => needs[name]?.())).then(() =>
      missing.forEach((name) => this.ready.add(name))
    );
  }

  /** Parses a file and notes which functions it uses. */
  private parse(name: string, text: string, used: Set<string>, kind: "file" | "tpl"): ParsedFile {
    const { functions, cover } = this.options;
    const trace = this.options.trace ? tracing : undefined;
    let trees: Map<string, Tree>;
    try {
      trees = parseTemplate(name, text, (word) => {
        used.add(word);
        return Object.hasOwn(functions, word);
      }, functions[CURRENT_GO]);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new TemplateError(`parse error in ${quote(name)}: ${error.message}`, error.trace, {
        cause: error,
        hint: error.hint,
      });
    }
    const all = [...trees.values()];
    cover?.plan(all, kind === "file" ? { name, isPartial: isPartial(name) } : undefined);
    return { name, templates: all.map((tree) => compileTemplate(tree, functions, { trace, cover })) };
  }

  /**
   * Executes all files except partials, in Helm's order. Each is executed
   * once: the modules that its functions need are loaded before, or while it waits.
   *
   * @returns Text by file name.
   * @throws TemplateError with Helm's message.
   */
  async run(options: RunOptions): Promise<Map<string, string>> {
    await this.prepare(this.used);
    const { cover } = this.options;
    cover?.reads.begin();
    try {
      return await this.runAll(options);
    } finally {
      cover?.reads.end();
    }
  }

  /** Executes all files, after the modules of their functions are loaded. */
  private async runAll(options: RunOptions): Promise<Map<string, string>> {
    const tracer = this.options.trace ? new Tracer() : undefined;
    for (const [object, path] of options.roots ?? []) {
      tracer?.name(object, path.join("."));
      this.options.cover?.reads.name(object, path);
    }
    const { clock = systemClock, random = systemRandom } = options;
    const shared: Shared = { options, tracer, now: timeNow(clock), random };
    const run = new Run(this.world((name) => this.definitions.get(name), shared, 0));
    const rendered = new Map<string, string>();
    for (const { name } of this.files) {
      if (isPartial(name)) continue;
      const { data, basePath } = options.dataOf(name);
      setTemplate(data, name, basePath);
      const template = this.definitions.get(name) as Template;
      try {
        rendered.set(name, finished(await run.execute(template, data)));
        if (shared.tracer !== undefined) options.traced?.(name, shared.tracer.take());
      } catch (error) {
        throw asPanic(error) ?? renderError(name, error);
      }
    }
    return rendered;
  }

  /** Returns the surroundings of one set of definitions, with its own counters. */
  private world(lookup: Lookup, shared: Shared, tplDepth: number, included = new Map<string, number>()): World {
    const context: FuncContext = {
      now: shared.now,
      random: shared.random,
      missing: shared.options.missing,
      include: (name, data): TemplateExecution => {
        const count = included.get(name) ?? 0;
        if (count > INCLUDE_DEPTH_MAX) {
          throw new FuncError(`rendering template has a nested reference name: ${name}: unable to execute template`);
        }
        included.set(name, count + 1);
        const template = lookup(name);
        if (template === undefined) {
          throw new FuncError(`template: no template ${quote(name)} associated with template "gotpl"`);
        }
        const done = (text: string): string => {
          included.set(name, (included.get(name) ?? 1) - 1);
          return text;
        };
        return { template, data: data === null ? undefined : data, done };
      },
      tpl: (source, data) => this.tpl(source, data, shared, tplDepth + 1),
      tplInside: (source, data) => {
        if (tplDepth >= TPL_DEPTH_MAX) throw new TooDeep(`tpl calls are nested deeper than ${TPL_DEPTH_MAX} levels`);
        return this.tplInside(source, data, (inner) => this.world(inner, shared, tplDepth + 1, included), lookup);
      },
    };
    return { lookup, context, mapMethod: this.options.mapMethod ?? noMethod, tracer: shared.tracer };
  }

  /** Renders the text of a `tpl` call with the definitions of all files except the one that is being rendered. */
  private tpl(source: string, data: unknown, shared: Shared, depth: number): TemplateExecution {
    const values = data as GoMap | null;
    // Helm reads `BasePath` first, so its error comes first.
    const basePath = templateValue(values, "BasePath", "Basepath", source);
    const name = templateValue(values, "Name", "Name", source);
    if (depth > TPL_DEPTH_MAX) throw new TooDeep(`tpl calls are nested deeper than ${TPL_DEPTH_MAX} levels`);
    try {
      const { own, references, used } = this.tplText(name, source);
      const lookup = lookupOf(own, references);
      // Helm renders no partials, so its result has no text under this name.
      const isRendered = !isPartial(name);
      if (isRendered) setTemplate(values as GoMap, name, basePath);
      return {
        template: isRendered ? lookup(name) : undefined,
        data: values,
        world: this.world(lookup, shared, depth),
        loading: this.prepare(used),
        done: finished,
        failed: (error) =>
          error instanceof TooDeep ? error : tplError(source, asPanic(error) ?? renderError(name, error)),
      };
    } catch (error) {
      throw tplError(source, error);
    }
  }

  /** Renders the text of a `tpl` call as Helm 3 does: its definitions come before those that its caller sees. */
  private tplInside(
    source: string,
    data: unknown,
    worldOf: (lookup: Lookup) => World,
    outer: Lookup,
  ): TemplateExecution {
    let text: TplText;
    try {
      text = this.tplText(ROOT_NAME, source);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const message = error.message.replace(/^parse error in "gotpl": /, "");
      throw new FuncError(`cannot parse template ${quote(source)}: ${message}`);
    }
    const { own, used } = text;
    const lookup: Lookup = (name) => {
      const found = own.get(name);
      return found === undefined || found.tree.isEmpty ? outer(name) ?? found : found;
    };
    return {
      template: own.get(ROOT_NAME),
      data,
      world: worldOf(lookup),
      loading: this.prepare(used),
      done: finished,
      failed: (error) => {
        const shown = error instanceof TooDeep ? error : asPanic(error) ?? error;
        if (!(shown instanceof TemplateError)) return shown;
        const message = `error during tpl function execution for ${quote(source)}: ${shown.message}`;
        return new TemplateError(message, shown.trace, { cause: shown, hint: shown.hint });
      },
    };
  }

  /** Parses the text of a `tpl` call, unless it is kept. */
  private tplText(name: string, source: string): TplText {
    const key = `${name}\0${source}`;
    let text = this.tplTexts.get(key);
    if (text === undefined) {
      const used = new Set<string>();
      const own = new DefinedTemplates([this.parse(name, source, used, "tpl")]);
      const references = this.referencesFor(own);
      text = { own, references, used };
      // A chart that makes a new text in every round of a loop must not fill the memory.
      if (this.tplTexts.size >= TPL_CACHE_MAX) this.tplTexts.clear();
      this.tplTexts.set(key, text);
    }
    return text;
  }

  /** Returns the definitions of all files whose names the text does not define. */
  private referencesFor(own: DefinedTemplates): Definitions {
    for (const name of own.names()) {
      if (this.fileNames.has(name)) return this.definitions.without((file) => own.has(file.name));
    }
    return this.definitions;
  }
}

type Lookup = (name: string) => Template | undefined;

/** Returns a lookup of the templates that the text of a `tpl` call sees. */
function lookupOf(own: Definitions, references: Definitions): Lookup {
  return (wanted) => {
    // Helm parses the files after the text, so their definitions replace those of the text, unless they are blank.
    const reference = references.get(wanted);
    return reference === undefined || reference.tree.isEmpty ? own.get(wanted) ?? reference : reference;
  };
}

/** The state that all runs of one rendering share. */
interface Shared {
  readonly options: RunOptions;
  readonly tracer: Tracer | undefined;
  readonly now: FuncContext["now"];
  readonly random: FuncContext["random"];
}

const noMethod: MapMethod = () => undefined;

function isPartial(name: string): boolean {
  return name.slice(name.lastIndexOf("/") + 1).startsWith("_");
}

/** Helm 2: every `<no value>` is deleted, even one that a template wrote itself. */
function finished(text: string): string {
  return normalizeText(text.includes(NO_VALUE) ? text.replaceAll(NO_VALUE, "") : text);
}

function setTemplate(data: GoMap, name: string, basePath: string): void {
  const template = newMap();
  template["Name"] = name;
  template["BasePath"] = basePath;
  data["Template"] = template;
}

/** Reads `Template.KEY` of the data given to `tpl`. */
function templateValue(values: GoMap | null, key: string, label: string, source: string): string {
  const fail = (reason: string): never => {
    throw new FuncError(`Cannot retrieve Template.${label} from values inside tpl function: ${source} (${reason})`);
  };
  const table = values?.["Template"];
  if (!isMap(table) || !isTable(table as GoMap)) return fail(`${key} is not a value`);
  const value = table[key];
  if (value === undefined || (isMap(value) && (value as GoMap)[MAP_TYPE] === undefined)) {
    return fail(`key not found: ${key}`);
  }
  if (typeof value === "string") return value;
  const type = value === null ? "nil" : typeName(value);
  throw new FuncError(`interface conversion: interface {} is ${type}, not string`);
}

function isTable(map: GoMap): boolean {
  const type = map[MAP_TYPE];
  return type === undefined || type === "chartutil.Values";
}

function renderError(name: string, error: unknown): unknown {
  if (!(error instanceof TemplateError)) return error;
  const { message, trace, hint } = error;
  return new TemplateError(`render error in ${quote(name)}: ${message}`, trace, { cause: error, hint });
}

/** Returns the error of a `tpl` call for an error in its text. */
function tplError(source: string, error: unknown): unknown {
  if (error instanceof TooDeep) return error;
  const shown = asPanic(error) ?? error;
  if (!(shown instanceof TemplateError)) return shown;
  const message = `Error during tpl function execution for ${quote(source)}: ${shown.message}`;
  return new TemplateError(message, shown.trace, { cause: shown, hint: shown.hint });
}

/** Returns the template error for a panic or a stack that ran out; `undefined` for other errors. */
function asPanic(error: unknown): TemplateError | undefined {
  if (error instanceof GoPanic || error instanceof TooDeep) {
    return new TemplateError(`rendering template failed: ${error.message}`);
  }
  if (error instanceof RangeError) return new TemplateError(`rendering template failed: ${reasonOf(error)}`);
  return undefined;
}

/** Helm 2 and Tiller crash here with a stack overflow, so there is no message of Helm to keep. */
function reasonOf({ message }: RangeError): string {
  return /call stack/i.test(message)
    ? "a value is nested too deeply, or a map or list holds itself: it cannot be written or copied"
    : message;
}
