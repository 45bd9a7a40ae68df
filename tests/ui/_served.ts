/**
 * The program's `ui`, started as people start it.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");

/** A started `skeg ui`. */
export interface Served {
  /** Such as `http://127.0.0.1:41735`. */
  readonly origin: string;
  /** Address with the start code, which works once. */
  readonly startUrl: string;
  /** Returns its output so far. */
  readonly printed: () => string;
  /** Ends it and waits for that. */
  readonly stop: () => Promise<void>;
}

/** Options of {@linkcode serve}. */
export interface ServeOptions {
  /** State file of the sandbox; absent: `args` say what is shown. */
  readonly file?: string | undefined;
  /** More arguments, such as `--allow-write`. */
  readonly args?: readonly string[] | undefined;
  /** Command that starts the program; default: its sources. */
  readonly program?: readonly string[] | undefined;
  /** Home of the program; default: the folder of the state file. */
  readonly home?: string | undefined;
}

const SOURCES = [Deno.execPath(), "run", "--quiet", "--no-check", "-A", join(ROOT, "main.ts")];
const START_MS = 30_000;

/** Starts the program and waits for its address. */
export async function serve(options: ServeOptions): Promise<Served> {
  const { file, args = [], program = SOURCES } = options;
  const [executable = "", ...first] = program;
  const home = options.home ?? (file === undefined ? "/nonexistent" : join(file, ".."));
  const child = new Deno.Command(executable, {
    args: [...first, "ui", "--no-open", ...file === undefined ? [] : [`--sandbox=${basename(file)}`], ...args],
    // So that commands on the page name the file without its folder, which is another one in each run.
    ...file === undefined ? {} : { cwd: dirname(file) },
    env: { HELM_HOME: join(home, "helm"), NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let printed = "";
  let heard: () => void = () => {};
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      printed += text;
      heard();
    }
  };
  const reading = Promise.all([read(child.stdout), read(child.stderr)]);
  const ended = child.status.then(() => reading).then(() => heard());
  const stop = async (): Promise<void> => {
    try {
      child.kill("SIGTERM");
    } catch {
      // it has ended already
    }
    await ended;
  };
  const end = Date.now() + START_MS;
  for (;;) {
    const startUrl = /http:\/\/[^\s]+#[^\s]+/.exec(printed)?.[0];
    if (startUrl !== undefined) return { origin: new URL(startUrl).origin, startUrl, printed: () => printed, stop };
    const over = await Promise.race([
      new Promise<false>((resolve) => heard = () => resolve(false)),
      child.status.then(() => true),
      delay(end - Date.now()).then(() => true),
    ]);
    if (over) {
      await stop();
      throw new Error(`the program printed no address:\n${printed}`);
    }
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, Math.max(0, ms))));
}
