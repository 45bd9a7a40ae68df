/**
 * What runs inside the worker that executes Eta templates: a module's text,
 * complete in itself, so that it can be started wherever the program runs
 * from (sources, one bundled file, one binary).
 *
 * The worker makes a context of its own for the templates ({@linkcode ETA_CONTEXT})
 * and runs them there, one after the other, without ever going back to its
 * event loop: no promise of a template is ever settled. It takes an
 * {@linkcode EtaJob} as JSON and posts an {@linkcode EtaAnswer} as JSON.
 *
 * @module
 */
import { ETA_CONTEXT } from "./eta_context.ts";

/** One template: where it stands and what is in it. */
export interface EtaTemplate {
  /** Full name, such as `web/templates/service.yaml`. */
  readonly name: string;
  /** Full path of the `templates` folder it belongs to. */
  readonly basePath: string;
  /** The file's text. */
  readonly text: string;
  /** Partials can be included, and make no file of their own. */
  readonly partial: boolean;
  /** Index into {@linkcode EtaJob.scopes}. */
  readonly scope: number;
}

/** All that one rendering needs, as data. */
export interface EtaJob {
  readonly templates: readonly EtaTemplate[];
  /** Top-level data of each chart of the tree; `Files` as a map of path to text. */
  readonly scopes: readonly Record<string, unknown>[];
}

/** What went wrong in which template. */
export interface EtaFailure {
  readonly phase: "parse" | "render";
  /** Index into {@linkcode EtaJob.templates}. */
  readonly index: number;
  /** 1-based; 0 when the line is not known. */
  readonly line: number;
  readonly message: string;
}

/** Texts of the templates that are not partials, in their order; or what went wrong. */
export type EtaAnswer = { readonly texts: readonly string[] } | { readonly failure: EtaFailure };

/** The worker's module. Plain JavaScript: nothing translates it. */
export const ETA_WORKER = String.raw`
import { compileFunction, createContext, runInContext } from "node:vm";

const failureOf = (told) => {
  const [phase, index, line, ...message] = told.slice(1).split("\n");
  return { failure: { phase, index: Number(index), line: Number(line), message: message.join("\n") } };
};

/** Strings alone come back; what is thrown all the same is not even looked at, because looking may run a template's code. */
const textOf = (work, index) => {
  try {
    const text = work();
    if (typeof text === "string") return text;
  } catch {}
  return "!render\n" + index + "\n0\nits result could not be read";
};

const answerTo = (text) => {
  const context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  const { open, bodyOf, define, render } = runInContext(CONTEXT, context);
  const refused = open(text);
  if (refused !== "") return failureOf(refused);
  // Only from the functions that are compiled here does a template's code run.
  const { templates } = JSON.parse(text);
  templates.forEach((_, index) => {
    try {
      define(index, compileFunction(bodyOf(index), ["it", "options"], { parsingContext: context }));
    } catch (error) {
      define(index, undefined, String(error.message));
    }
  });
  const texts = [];
  for (const [index, { partial }] of templates.entries()) {
    if (partial) continue;
    const told = textOf(() => render(index), index);
    if (!told.startsWith("=")) return failureOf(told);
    texts.push(told.slice(1));
  }
  return { texts };
};

self.onmessage = ({ data: text }) => {
  self.postMessage(JSON.stringify(answerTo(text)));
  // Whatever the templates left to be done later is never done. An end of the worker is noticed between two waits only.
  for (const cell = new Int32Array(new SharedArrayBuffer(4));;) Atomics.wait(cell, 0, 0, 5);
};

const CONTEXT = ` + JSON.stringify(ETA_CONTEXT) + ";\n";
