/**
 * A separate process for Eta templates, whose program is passed as text.
 *
 * It has no permissions, loads no package, and ends with this process. When a
 * template uses all memory, or reaches one of the limits at which V8 ends a
 * process, only that process ends.
 *
 * @module
 */
import { ETA_RELAY, OUT_OF_MEMORY, OUT_OF_TIME, requestFor } from "./eta_worker.ts";

/** Limits for templates. */
export interface EtaLimits {
  /** Total time for all templates of a chart, in milliseconds. */
  readonly timeMs: number;
  /** Memory in bytes, beyond the memory of the runtime itself. */
  readonly memoryBytes: number;
}

/** The reason why a job ended without an answer. */
export type EtaEnd = "time" | "memory" | "nothing";

/** The answer as text, or the reason why there is none. */
export type EtaOutcome = { readonly answer: string } | { readonly end: EtaEnd };

/** Returns the outcome for the text that a relay reported. */
export function outcomeOf(text: string): EtaOutcome {
  if (text === OUT_OF_TIME) return { end: "time" };
  if (text === OUT_OF_MEMORY) return { end: "memory" };
  return text === "" ? { end: "nothing" } : { answer: text };
}

/** The first argument that turns the compiled program into such a process. */
export const ETA_ARGUMENT = "__eta";

/** The first output of the process: it has started. */
const READY = "ready\n";

/** Maximal size of an answer, in bytes. */
const ANSWER_MAX = 256 * 1024 * 1024;

/**
 * The process's program: takes one line of JSON on standard input, runs the
 * worker, and writes its answer to standard output. It exits when standard
 * input is closed, because then the parent process is gone.
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
// Watches the memory that V8 uses outside of its heap.
const before = Deno.memoryUsage().rss;
setInterval(() => {
  if (Deno.memoryUsage().rss - before > request.memoryBytes) end(${JSON.stringify(OUT_OF_MEMORY)});
}, 10);
(${ETA_RELAY})(process.getBuiltinModule("node:worker_threads").Worker, request, end);
Deno.stdin.read(piece).finally(() => Deno.exit(1));
`;

/** The program as an address, to be started or imported from any place. */
const ETA_MODULE = `data:text/javascript,${encodeURIComponent(ETA_PROGRAM)}`;

/** Returns the command that starts the process; `undefined` when this program may not start one, or is not skeg. */
function starter(): [program: string, args: string[]] | undefined {
  try {
    const program = Deno.execPath();
    if (Deno.permissions.querySync({ name: "run", command: program }).state !== "granted") return undefined;
    if (Deno.build.standalone) {
      // Another compiled program (one that uses the library) would run its own main module again.
      return /\/skeg\.js$/.test(Deno.mainModule) ? [program, [ETA_ARGUMENT]] : undefined;
    }
    // Forbids compiling code from strings anywhere in that process.
    const v8Flags = "--v8-flags=--disallow-code-generation-from-strings";
    const flags = ["--quiet", "--no-prompt", "--no-npm", "--no-remote", "--no-config", "--no-lock", v8Flags];
    return [program, ["run", ...flags, ETA_MODULE]];
  } catch {
    return undefined; // even asking for the permission is not allowed
  }
}

/**
 * Runs a job in a separate process.
 *
 * @param job An `EtaJob` as JSON.
 * @returns `undefined` when the process cannot be started.
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
  // Standard input stays open, because closing it ends the process. Writing fails when the process has already ended.
  input.write(new TextEncoder().encode(`${request}\n`)).catch(() => {});
  try {
    const text = await readAll(child.stdout);
    if (late) return { end: "time" };
    if (!text.startsWith(READY)) return undefined;
    // V8 or the system may end a process that uses too much memory before it can report it.
    const { code } = await child.status;
    return code === 0 ? outcomeOf(text.slice(READY.length)) : { end: "memory" };
  } finally {
    clearTimeout(timer);
    kill(child);
    await child.status;
    input.close().catch(() => {});
  }
}

/** Returns the text of a stream; cancels it when it exceeds the maximal size of an answer. */
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
    // The process has already ended.
  }
}

/** Runs when the compiled program is started with {@linkcode ETA_ARGUMENT}: revokes all permissions, then renders. */
export async function serveEta(): Promise<never> {
  for (const name of ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const) {
    Deno.permissions.revokeSync({ name });
  }
  await import(ETA_MODULE);
  return await new Promise(() => {});
}
