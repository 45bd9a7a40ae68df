/**
 * What runs inside the worker that executes Eta templates: a script's text,
 * complete in itself, so that it can be started wherever the program runs
 * from (sources, one bundled file, one binary).
 *
 * The worker makes a context of its own for the templates ({@linkcode ETA_CONTEXT})
 * and runs them there, one after the other. Then it ends, without ever going
 * back to its event loop: no promise of a template is ever settled. It takes
 * an {@linkcode EtaJob} as JSON and posts an {@linkcode EtaAnswer} as JSON.
 *
 * It keeps its own limits, of time by the runtime's watchdog and of memory by
 * those that it is started with: Deno 2.9.6 does not end a worker that
 * computes, whatever is asked from outside.
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

/** What the worker posts when its time is up. */
export const OUT_OF_TIME = "time";

/** The worker's script, for `node:worker_threads`. Plain JavaScript: nothing translates it. */
const ETA_WORKER = String.raw`
const { parentPort, workerData } = require("node:worker_threads");
const { compileFunction, createContext, runInContext } = require("node:vm");

const failureOf = (told) => {
  const [phase, index, line, ...message] = told.slice(1).split("\n");
  return { failure: { phase, index: Number(index), line: Number(line), message: message.join("\n") } };
};

const answerTo = ({ job, timeMs }) => {
  const end = Date.now() + timeMs;
  const globals = Object.create(null);
  globals.job = job;
  const context = createContext(globals, { codeGeneration: { strings: false, wasm: false } });
  const run = (code) => runInContext(code, context, { timeout: Math.max(1, end - Date.now()) });
  /** Strings alone come back; what is thrown all the same is not even looked at, because looking may run a template's code. */
  const textOf = (code, index) => {
    try {
      const text = run(code);
      if (typeof text === "string") return text;
    } catch {}
    return "!render\n" + index + "\n0\nits result could not be read";
  };
  run(CONTEXT);
  const opened = textOf("skeg.open()", 0);
  const isLate = () => Date.now() >= end;
  if (opened !== "") return isLate() ? undefined : failureOf(opened);
  // Only the functions that are compiled here run a template's code.
  const { bodyOf, define } = run("skeg");
  const { templates } = JSON.parse(job);
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
    const told = textOf("skeg.render(" + index + ")", index);
    if (isLate()) return undefined;
    if (!told.startsWith("=")) return failureOf(told);
    texts.push(told.slice(1));
  }
  return { texts };
};

const CONTEXT = ` + JSON.stringify(ETA_CONTEXT) + String.raw`;
const answer = answerTo(workerData);
parentPort.postMessage(answer === undefined ? ${JSON.stringify(OUT_OF_TIME)} : JSON.stringify(answer));
process.exit(0);
`;

/** What {@linkcode ETA_RELAY} is given. */
export interface EtaRequest {
  /** The worker's script. */
  readonly worker: string;
  /** An {@linkcode EtaJob} as JSON. */
  readonly job: string;
  readonly timeMs: number;
  readonly memoryBytes: number;
}

/** Returns the request for a job. */
export function requestFor(job: string, limits: Pick<EtaRequest, "timeMs" | "memoryBytes">): EtaRequest {
  return { worker: ETA_WORKER, job, timeMs: limits.timeMs, memoryBytes: limits.memoryBytes };
}

/** What a relay says when the worker's memory is full. */
export const OUT_OF_MEMORY = "memory";

/**
 * Text of a function of `Worker` (of `node:worker_threads`), a request and `say`. It starts the worker, and says one text: an
 * answer, {@linkcode OUT_OF_TIME}, {@linkcode OUT_OF_MEMORY}, or nothing when the worker ended without a word.
 */
export const ETA_RELAY = String.raw`(Worker, { worker: code, job, timeMs, memoryBytes }, say) => {
  let isOver = false;
  const once = (text) => {
    if (!isOver) say(text);
    isOver = true;
  };
  const worker = new Worker(code, {
    eval: true,
    env: {},
    workerData: { job, timeMs },
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memoryBytes / 2 ** 20) },
  });
  worker.on("message", (text) => once(String(text)));
  worker.on("error", (error) => once(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? ${
  JSON.stringify(OUT_OF_MEMORY)
} : ""));
  worker.on("exit", () => once(""));
}`;
