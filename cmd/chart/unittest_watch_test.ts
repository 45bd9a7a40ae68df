/** Tests of `unittest --watch`: the real program, real files and real signals. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { HAS_TERMINAL } from "../../tests/_lib/terminal.ts";

const suiteOf = (name: string, template: string) =>
  `suite: ${name}\ntemplates: [${template}]\ntests:\n- it: works\n  asserts:\n  - isKind: {of: Service}\n` +
  `- it: is stored\n  asserts:\n  - matchSnapshot: {path: kind}\n`;
const FILES = {
  "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
  "web/values.yaml": "kind: Service\n",
  "web/templates/one.yaml": "kind: {{ .Values.kind }}\n",
  "web/templates/two.yaml": "kind: Service\n",
  "web/templates/tests/job.yaml": "kind: Job\n",
  "web/tests/one_test.yaml": suiteOf("one", "one.yaml"),
  "web/tests/two_test.yaml": suiteOf("two", "two.yaml"),
  "given.yaml": "kind: Service\n",
};

/** The running program. */
interface Watched {
  /** Waits until the program waits for changes; returns what it printed since the last call. */
  readonly printed: () => Promise<string>;
  readonly write: (path: string, text: string) => Promise<void>;
  /** Sends a signal; returns the exit status. */
  readonly stop: (signal: Deno.Signal) => Promise<number>;
}

function watching(work: (watched: Watched) => Promise<void>, ...flags: string[]): Promise<void> {
  return inFolder(FILES, async (folder) => {
    const main = join(import.meta.dirname ?? "", "../../main.ts");
    const args = ["run", "--quiet", "--no-check", "-A", main, "unittest", "web", "--watch", ...flags];
    const child = new Deno.Command(Deno.execPath(), {
      args,
      cwd: folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let [out, err] = ["", ""];
    const collect = async (stream: ReadableStream<Uint8Array>, add: (text: string) => void) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) add(text);
    };
    const ends = [collect(child.stdout, (text) => out += text), collect(child.stderr, (text) => err += text)];
    const printed = async () => {
      const late = Date.now() + 60_000;
      while (!err.includes("Watching for changes.\n")) {
        if (Date.now() > late) throw new Error(`the program does not wait:\n${out}\n${err}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const text = out;
      [out, err] = ["", err.slice(err.indexOf("Watching for changes.\n") + "Watching for changes.\n".length)];
      return text;
    };
    try {
      await work({
        printed,
        write: (path, text) => Deno.writeTextFile(join(folder, path), text),
        stop: async (signal) => {
          child.kill(signal);
          return (await child.status).code;
        },
      });
    } finally {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
      await Promise.all(ends);
    }
  });
}

/** Names of suites in the output, with their verdicts. */
const suitesIn = (text: string) =>
  [...text.matchAll(/^ (PASS|FAIL) {2}(\S+)/gm)].map(([, verdict, name]) => `${verdict} ${name}`);

Deno.test("unittest --watch runs again what a change touches, and a signal ends it", () =>
  watching(async ({ printed, write, stop }) => {
    deepEqual(suitesIn(await printed()), ["PASS one", "PASS two"]);
    // The snapshots that the first run wrote are no change; a template is one of the suites that render it.
    await write("web/templates/two.yaml", "kind: Pod\n");
    const failed = await printed();
    deepEqual(suitesIn(failed), ["FAIL two"]);
    match(failed, /\nTests: {7}2 failed, 0 passed, 2 total\n/);
    await write("web/templates/two.yaml", "kind: Service\n");
    deepEqual(suitesIn(await printed()), ["PASS two"]);
    await write("web/values.yaml", "kind: Other\n");
    deepEqual(suitesIn(await printed()), ["FAIL one", "PASS two"]);
    await write("web/tests/one_test.yaml", FILES["web/tests/one_test.yaml"].replaceAll("Service", "Other"));
    deepEqual(suitesIn(await printed()), ["FAIL one"]);
    await write("web/tests/__snapshot__/one_test.yaml.snap", "is stored:\n  1: |\n    Other\n");
    deepEqual(suitesIn(await printed()), ["PASS one"]);
    await write("web/templates/tests/job.yaml", "kind: {{ .Values.x.y }}\n");
    deepEqual(suitesIn(await printed()), []);
    await write("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    match(await printed(), /### Error: {2}apiVersion 'v2' is not valid/);
    await write("web/Chart.yaml", FILES["web/Chart.yaml"]);
    deepEqual(suitesIn(await printed()), ["PASS one", "PASS two"]);
    equal(await stop("SIGINT"), 130);
  }));

Deno.test("unittest --watch runs all suites again when a file of --values changes", () =>
  watching(
    async ({ printed, write, stop }) => {
      deepEqual(suitesIn(await printed()), ["PASS one", "PASS two"]);
      await write("given.yaml", "kind: Other\n");
      deepEqual(suitesIn(await printed()), ["FAIL one", "PASS two"]);
      equal(await stop("SIGTERM"), 143);
    },
    "--values",
    "given.yaml",
  ));

Deno.test("unittest --watch does not run again for its own reports, nor for files that editors leave", () =>
  watching(
    async ({ printed, write, stop }) => {
      await printed();
      await write("web/.one.yaml.swp", "x");
      await write("web/templates/one.yaml~", "x");
      await new Promise((resolve) => setTimeout(resolve, 400));
      // Only the next change runs tests.
      await write("web/templates/two.yaml", "kind:   Service\n");
      const text = await printed();
      deepEqual(suitesIn(text), ["PASS two"]);
      ok(text.indexOf("Charts:") === text.lastIndexOf("Charts:"));
      equal(await stop("SIGINT"), 130);
    },
    "-o",
    "web/report.xml",
  ));

Deno.test({
  name: "unittest --watch on a terminal takes the keys a, f, u and q, and q ends with the status of the last results",
  ignore: !HAS_TERMINAL,
  fn: () =>
    inFolder({
      ...FILES,
      "web/tests/__snapshot__/one_test.yaml.snap": "is stored:\n  1: |\n    Other\n",
    }, async (folder) => {
      const main = join(import.meta.dirname ?? "", "../../main.ts");
      const line = `'${Deno.execPath()}' run --quiet --no-check -A '${main}' unittest web --watch`;
      const child = new Deno.Command("script", {
        args: ["--quiet", "--return", "--command", line, "/dev/null"],
        cwd: folder,
        env: { NO_COLOR: "1", TERM: "xterm-256color" },
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      let text = "";
      const reading = (async () => {
        for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) text += part.replaceAll("\r", "");
      })();
      const keyboard = child.stdin.getWriter();
      const prompt = "q: quit\n";
      const afterKey = async (key: string) => {
        text = "";
        if (key !== "") await keyboard.write(new TextEncoder().encode(key));
        const late = Date.now() + 60_000;
        while (!text.includes(prompt)) {
          if (Date.now() > late) throw new Error(`no prompt after "${key}":\n${text}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return suitesIn(text);
      };
      try {
        deepEqual(await afterKey(""), ["FAIL one", "PASS two"]);
        deepEqual(await afterKey("f"), ["FAIL one"]);
        deepEqual(await afterKey("x"), []);
        deepEqual(await afterKey("a"), ["FAIL one", "PASS two"]);
        deepEqual(await afterKey("u"), ["PASS one", "PASS two"]);
        match(await Deno.readTextFile(join(folder, "web/tests/__snapshot__/one_test.yaml.snap")), /Service/);
        await keyboard.write(new TextEncoder().encode("q"));
        equal((await child.status).code, 0);
      } finally {
        try {
          child.kill("SIGKILL");
        } catch {
          // It has ended.
        }
        await child.status;
        await reading;
        await keyboard.close().catch(() => {});
      }
    }),
});
