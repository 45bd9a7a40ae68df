/**
 * The script of the worker that executes Eta templates. It is self-contained
 * text, so it can be started from sources, from one bundled file and from a
 * binary.
 *
 * The worker creates a separate context for the templates ({@linkcode ETA_CONTEXT})
 * and runs them there one by one. Then it exits without returning to its event
 * loop, so no promise of a template is ever settled. It takes an
 * {@linkcode EtaJob} as JSON and posts an {@linkcode EtaAnswer} as JSON.
 *
 * It enforces its own limits: time with the runtime's watchdog, memory with the
 * limits that it is started with. Deno 2.9.6 cannot terminate a busy worker
 * from outside.
 *
 * @module
 */
import { ETA_CONTEXT } from "./eta_context.ts";

/** One template with its position in the chart. */
export interface EtaTemplate {
  /** Full name, such as `web/templates/service.yaml`. */
  readonly name: string;
  /** Full path of the `templates` folder it belongs to. */
  readonly basePath: string;
  /** The file's text. */
  readonly text: string;
  /** True for partials, which can be included but produce no file. */
  readonly partial: boolean;
  /** Index into {@linkcode EtaJob.scopes}. */
  readonly scope: number;
}

/** Everything that one rendering needs, as plain data. */
export interface EtaJob {
  readonly templates: readonly EtaTemplate[];
  /** Top-level data of each chart of the tree; `Files` as a map of path to text. */
  readonly scopes: readonly Record<string, unknown>[];
}

/** An error in a template. */
export interface EtaFailure {
  readonly phase: "parse" | "render";
  /** Index into {@linkcode EtaJob.templates}. */
  readonly index: number;
  /** 1-based; 0 when the line is not known. */
  readonly line: number;
  readonly message: string;
}

/** Texts of the templates that are not partials, in their order; or the error. */
export type EtaAnswer = { readonly texts: readonly string[] } | { readonly failure: EtaFailure };

/** The message that the worker posts when its time is used up. */
export const OUT_OF_TIME = "time";

/** The worker's script, for `node:worker_threads`. Plain JavaScript, because it is not compiled. */
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
  /** Returns strings only. A thrown value is not examined, because that may run a template's code. */
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
  // A template's code runs only in the functions that are compiled here.
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

/** The request for {@linkcode ETA_RELAY}. */
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

/** The message that a relay reports when the worker's memory is full. */
export const OUT_OF_MEMORY = "memory";

/**
 * Text of a function with the parameters `Worker` (of `node:worker_threads`), a request, and `say`. It starts the worker and
 * calls `say` with one text: an answer, {@linkcode OUT_OF_TIME}, {@linkcode OUT_OF_MEMORY}, or an empty text when the worker
 * ended without a message.
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
