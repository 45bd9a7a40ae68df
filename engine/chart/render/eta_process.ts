/**
 * A process of its own for Eta templates, started from nothing but text.
 *
 * It has no permission at all, loads no package, and ends with this process.
 * When a template takes all memory, or finds one of the limits at which V8
 * ends a process, that process ends and not the program.
 *
 * @module
 */
import { ETA_RELAY, OUT_OF_MEMORY, OUT_OF_TIME, requestFor } from "./eta_worker.ts";

/** What templates may use. */
export interface EtaLimits {
  /** Time that all templates of a chart may take together, in milliseconds. */
  readonly timeMs: number;
  /** Memory beyond what the runtime itself takes, in bytes. */
  readonly memoryBytes: number;
}

/** How a job ended without an answer. */
export type EtaEnd = "time" | "memory" | "nothing";

/** The answer as text, or how the job ended without one. */
export type EtaOutcome = { readonly answer: string } | { readonly end: EtaEnd };

/** What a relay said. */
export function outcomeOf(text: string): EtaOutcome {
  if (text === OUT_OF_TIME) return { end: "time" };
  if (text === OUT_OF_MEMORY) return { end: "memory" };
  return text === "" ? { end: "nothing" } : { answer: text };
}

/** First argument that makes the compiled program such a process. */
export const ETA_ARGUMENT = "__eta";

/** Says that it runs, before anything else. */
const READY = "ready\n";

/** Longest answer that is read, in bytes. */
const ANSWER_MAX = 256 * 1024 * 1024;

/**
 * The process's program: takes one line of JSON on standard input, runs the
 * worker, and writes its answer to standard output. It ends when standard
 * input does, because then there is nobody left to answer.
 */
const ETA_PROGRAM = String.raw`
const say = (text) => {
  for (let bytes = new TextEncoder().encode(text); bytes.length > 0;) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
};
say(${JSON.stringify(READY)});
const piece = new Uint8Array(65536);
const decoder = new TextDecoder();
let line = "";
while (!line.endsWith("\n")) {
  const count = Deno.stdin.readSync(piece);
  if (count === null) Deno.exit(1);
  line += decoder.decode(piece.subarray(0, count), { stream: true });
}
const request = JSON.parse(line);
const end = (text) => {
  say(text);
  Deno.exit(0);
};
// What V8 takes beside its heap is looked at from here.
const before = Deno.memoryUsage().rss;
setInterval(() => {
  if (Deno.memoryUsage().rss - before > request.memoryBytes) end(${JSON.stringify(OUT_OF_MEMORY)});
}, 10);
(${ETA_RELAY})(process.getBuiltinModule("node:worker_threads").Worker, request, end);
Deno.stdin.read(piece).finally(() => Deno.exit(1));
`;

/** The program as an address, to be started or imported from any place. */
const ETA_MODULE = `data:text/javascript,${encodeURIComponent(ETA_PROGRAM)}`;

/** What starts the process; `undefined` where this one may not start any, or is not known to be skeg. */
function starter(): [program: string, args: string[]] | undefined {
  try {
    const program = Deno.execPath();
    if (Deno.permissions.querySync({ name: "run", command: program }).state !== "granted") return undefined;
    if (Deno.build.standalone) {
      // Somebody else's compiled program would start all over.
      return /\/skeg\.js$/.test(Deno.mainModule) ? [program, [ETA_ARGUMENT]] : undefined;
    }
    // Nothing in that process makes code from text, wherever in it.
    const v8Flags = "--v8-flags=--disallow-code-generation-from-strings";
    const flags = ["--quiet", "--no-prompt", "--no-npm", "--no-remote", "--no-config", "--no-lock", v8Flags];
    return [program, ["run", ...flags, ETA_MODULE]];
  } catch {
    return undefined; // not even the question is allowed
  }
}

/**
 * Runs a job in a process of its own.
 *
 * @param job An `EtaJob` as JSON.
 * @returns `undefined` when no such process can be started from here.
 */
export async function runInProcess(job: string, limits: EtaLimits): Promise<EtaOutcome | undefined> {
  const [program, args] = starter() ?? [];
  if (program === undefined) return undefined;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: args ?? [],
      env: { DENO_NO_UPDATE_CHECK: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
  } catch {
    return undefined;
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill(child);
  }, limits.timeMs);
  const input = child.stdin.getWriter();
  const request = JSON.stringify(requestFor(job, limits));
  // It stays open: its end ends the process. One that ended by itself does not take all of it.
  input.write(new TextEncoder().encode(`${request}\n`)).catch(() => {});
  try {
    const text = await readAll(child.stdout);
    if (late) return { end: "time" };
    if (!text.startsWith(READY)) return undefined;
    // V8 and the system end a process that takes too much before it can say so.
    const { code } = await child.status;
    return code === 0 ? outcomeOf(text.slice(READY.length)) : { end: "memory" };
  } finally {
    clearTimeout(timer);
    kill(child);
    await child.status;
    input.close().catch(() => {});
  }
}

/** Text of a stream that is not longer than an answer may be; what is longer ends it. */
async function readAll(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let count = 0;
  for await (const piece of stream) {
    count += piece.length;
    if (count > ANSWER_MAX) break;
    text += decoder.decode(piece, { stream: true });
  }
  return text;
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}

/** What the compiled program does when it is started with {@linkcode ETA_ARGUMENT}: gives all permissions back and renders. */
export async function serveEta(): Promise<never> {
  for (const name of ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const) {
    Deno.permissions.revokeSync({ name });
  }
  await import(ETA_MODULE);
  return await new Promise(() => {});
}
