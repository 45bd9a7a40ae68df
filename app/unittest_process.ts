/**
 * A process that runs suites for another one: requests and answers are lines of JSON on its standard input and output.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import { loadChart } from "../engine/chart/load/mod.ts";
import { ChartCache, type Suite } from "../engine/chart/suite/mod.ts";
import { type GroupOutcome, groupRunner, type SuiteGroup } from "./unittest_groups.ts";
import { functionsFor, isHelm3Format, type UnittestOptions } from "./unittest_options.ts";
import { suitesOf } from "./unittest_suites.ts";

/** The options that such a process needs. */
type SentOptions = Pick<
  UnittestOptions,
  | "file"
  | "values"
  | "updateSnapshot"
  | "withSubchart"
  | "strict"
  | "chartTestsPath"
  | "suiteFormat"
  | "upstreamBugs"
  | "releaseService"
  | "schema"
  | "ci"
  | "filter"
>;

/** The first line. */
interface SuitesRequest {
  readonly path: string;
  readonly options: SentOptions;
  /** Files of the suites: if they changed meanwhile, positions have another meaning. */
  readonly files: readonly string[];
}

function sentOptions(options: UnittestOptions): SentOptions {
  const { file, values, updateSnapshot, withSubchart, strict, chartTestsPath } = options;
  const { suiteFormat, upstreamBugs, releaseService, schema, ci, filter } = options;
  const found = { file, values, updateSnapshot, withSubchart, strict, chartTestsPath };
  return { ...found, suiteFormat, upstreamBugs, releaseService, schema, ci, filter };
}

/** Yields the lines of a stream. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** One more process that runs suites of a chart. */
export class SuiteProcess {
  readonly #waiting: ((outcome: GroupOutcome | undefined) => void)[] = [];
  readonly #child: Deno.ChildProcess | undefined;
  readonly #input: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #hasEnded = false;

  /** Starts the process. If it cannot be started, it answers nothing. */
  constructor(
    command: () => readonly string[],
    work: { readonly path: string; readonly suites: readonly Suite[]; readonly options: UnittestOptions },
  ) {
    try {
      const [program = "", ...args] = command();
      this.#child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
    } catch {
      this.#hasEnded = true;
      return;
    }
    this.#input = this.#child.stdin.getWriter();
    const { path, suites, options } = work;
    const request: SuitesRequest = { path, options: sentOptions(options), files: suites.map(({ file }) => file) };
    this.#send(request);
    void this.#read(this.#child.stdout);
  }

  #send(line: unknown): void {
    // Writing fails when the process has ended; then its answers end, too.
    this.#input?.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`)).catch(() => {});
  }

  async #read(output: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const line of linesOf(output)) this.#waiting.shift()?.(JSON.parse(line));
    } catch {
      // A line that is no JSON ends the answers like the end of the process.
    }
    this.#hasEnded = true;
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }

  /** Runs a group; `undefined` when the process has ended without an answer. */
  run(group: SuiteGroup): Promise<GroupOutcome | undefined> {
    if (this.#hasEnded) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#send(group);
    });
  }

  /** Ends the process. */
  async end(): Promise<void> {
    await this.#input?.close().catch(() => {});
    try {
      this.#child?.kill();
    } catch {
      // It has ended by itself.
    }
    await this.#child?.status;
  }
}

/** Runs the groups that standard input names, for {@linkcode SuiteProcess}. Returns the exit status. */
export async function serveSuites(): Promise<number> {
  const lines = linesOf(Deno.stdin.readable);
  const first = await lines.next();
  if (first.done) return 1;
  const { path, options, files }: SuitesRequest = JSON.parse(first.value);
  try {
    const chart = await loadChart(path, { allowV2: isHelm3Format(options) });
    const suites = await suitesOf(path, chart.metadata.name, chart, options, () => {});
    if (JSON.stringify(suites.map(({ file }) => file)) !== JSON.stringify(files)) return 1;
    const run = groupRunner({ chart, suites, cache: new ChartCache(undefined, await functionsFor(options)), options });
    for await (const line of lines) {
      const outcome = await run(JSON.parse(line));
      await writeLine(JSON.stringify(outcome));
    }
    return 0;
  } catch (error) {
    // The other process finds the same failure when it runs the suites itself.
    if (error instanceof SkegError) return 1;
    throw error;
  }
}

async function writeLine(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(`${text}\n`);
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}
