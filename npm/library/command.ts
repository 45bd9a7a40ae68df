/**
 * `Deno.Command` on `node:child_process`, as far as the library uses it.
 *
 * @module
 */
import { type ChildProcess as NodeChild, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import process from "node:process";
import { Readable, Writable } from "node:stream";

/** Where a stream of the program goes. */
type Stream = "piped" | "inherit" | "null";

/** Options of a program; `env` is added to the variables of this process. */
export interface CommandOptions {
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Stream;
  readonly stdout?: Stream;
  readonly stderr?: Stream;
  /** Ends the program by SIGTERM. */
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface CommandStatus {
  readonly success: boolean;
  /** 128 and the signal's number after a signal, as in shells. */
  readonly code: number;
  readonly signal: string | null;
}

/** A program that runs. */
export interface CommandChild {
  readonly stdin: WritableStream;
  readonly stdout: ReadableStream;
  readonly stderr: ReadableStream;
  readonly status: Promise<CommandStatus>;
  kill(signal?: NodeJS.Signals): void;
}

const EMPTY = new Uint8Array();
const KIND = { piped: "pipe", inherit: "inherit", null: "ignore" } as const;

/** A program with its arguments. */
export class Command {
  readonly #program: string;
  readonly #options: CommandOptions;

  constructor(program: string, options: CommandOptions = {}) {
    this.#program = program;
    this.#options = options;
  }

  /** Starts the program. Throws an error with the code ENOENT or EACCES when that fails. */
  spawn(): CommandChild {
    const child = this.#start({ stdin: "inherit", stdout: "inherit", stderr: "inherit" });
    return {
      // As in Deno, asking for a stream that is not piped is an error.
      get stdin() {
        return Writable.toWeb(piped(child.stdin)) as WritableStream;
      },
      get stdout() {
        return Readable.toWeb(piped(child.stdout)) as ReadableStream;
      },
      get stderr() {
        return Readable.toWeb(piped(child.stderr)) as ReadableStream;
      },
      status: statusOf(child),
      kill: (signal = "SIGTERM") => void child.kill(signal),
    };
  }

  /** Runs the program to its end. */
  async output(): Promise<CommandStatus & { stdout: Uint8Array; stderr: Uint8Array }> {
    const child = this.#start({ stdin: "null", stdout: "piped", stderr: "piped" });
    const status = statusOf(child);
    const [stdout, stderr] = await Promise.all([readAll(child.stdout), readAll(child.stderr)]);
    return { ...await status, stdout, stderr };
  }

  /** Runs the program to its end, and blocks. */
  outputSync(): CommandStatus & { stdout: Uint8Array; stderr: Uint8Array } {
    const { stdin = "null", stdout = "piped", stderr = "piped", args = [] } = this.#options;
    const done = spawnSync(this.#program, [...args], {
      ...this.#shared(),
      stdio: [KIND[stdin], KIND[stdout], KIND[stderr]],
      maxBuffer: Infinity,
    });
    if (done.error !== undefined) throw done.error;
    return { ...status(done.status, done.signal), stdout: done.stdout ?? EMPTY, stderr: done.stderr ?? EMPTY };
  }

  #shared(): { env: NodeJS.ProcessEnv; cwd?: string; windowsHide: boolean } {
    const { env, cwd } = this.#options;
    return { env: { ...process.env, ...env }, ...(cwd === undefined ? {} : { cwd }), windowsHide: true };
  }

  #start(defaults: Required<Pick<CommandOptions, "stdin" | "stdout" | "stderr">>): NodeChild {
    const { args = [], signal } = this.#options;
    const { stdin, stdout, stderr } = { ...defaults, ...this.#options };
    const child = spawn(this.#program, [...args], {
      ...this.#shared(),
      stdio: [KIND[stdin], KIND[stdout], KIND[stderr]],
    });
    child.on("error", () => {}); // reported by `pid` below, or by the status
    if (child.pid === undefined) {
      const code = /[\\/]/.test(this.#program) && existsSync(this.#program) ? "EACCES" : "ENOENT";
      throw Object.assign(new Error(`${code}: cannot start ${this.#program}`), { code });
    }
    const stop = (): void => void child.kill("SIGTERM");
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    child.once("close", () => signal?.removeEventListener("abort", stop));
    return child;
  }
}

function piped<T>(stream: T | null): T {
  if (stream === null) throw new TypeError("the stream is not piped");
  return stream;
}

function statusOf(child: NodeChild): Promise<CommandStatus> {
  return new Promise((resolve) => child.once("close", (code, signal) => resolve(status(code, signal))));
}

function status(code: number | null, signal: NodeJS.Signals | null): CommandStatus {
  const number = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  return { success: number === 0, code: number, signal };
}

async function readAll(stream: Readable | null): Promise<Uint8Array> {
  if (stream === null) return EMPTY;
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece as Uint8Array);
  return new Uint8Array(Buffer.concat(pieces));
}
