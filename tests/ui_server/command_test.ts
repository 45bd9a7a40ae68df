/** The command `ui`, started as a program. */
import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");

interface Started {
  readonly child: Deno.ChildProcess;
  /** Waits until the output fits. */
  until(form: RegExp): Promise<RegExpExecArray>;
  readonly output: () => string;
}

/** Starts the program; both streams are collected. */
function start(folder: string, ...args: string[]): Started {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      "-R",
      "-W",
      "-N",
      "-E",
      "-S",
      "--allow-run",
      join(ROOT, "main.ts"),
      "ui",
      ...args,
    ],
    env: { SKEG_SANDBOX: join(folder, "state.db"), HELM_HOME: join(folder, "home"), NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  let heard = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    (async () => {
      for await (const part of stream.pipeThrough(new TextDecoderStream())) {
        text += part;
        heard.resolve();
        heard = Promise.withResolvers();
      }
    })();
  }
  const until = async (form: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = form.exec(text);
      if (found !== null) return found;
      await heard.promise;
    }
  };
  return { child, until, output: () => text };
}

const ADDRESS = /^skeg ui: (http:\/\/127\.0\.0\.1:\d+\/)#k=([\w-]{22})\n/m;

Deno.test({
  name: "ui prints one line, serves the page, prints a new code for o, and ends on a signal",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder({}, async (folder) => {
      const { child, until, output } = start(folder, "--no-open");
      try {
        const [, page = "", code] = await until(ADDRESS);
        const answer = await fetch(page);
        equal(answer.status, 200);
        const html = await answer.text();
        match(html, /<script type="module" src="\/main\.js">/);
        // Every module that the page names is there.
        const { imports } = JSON.parse(/<script type="importmap">(.*?)<\/script>/.exec(html)?.[1] ?? "{}");
        for (const path of ["/main.js", ...Object.values<string>(imports)]) {
          const module = await fetch(new URL(path, page));
          equal(module.status, 200, path);
          match(module.headers.get("content-type") ?? "", /^text\/javascript/);
          await module.body?.cancel();
        }
        const writer = child.stdin.getWriter();
        await writer.write(new TextEncoder().encode("x\no\n"));
        await until(/#k=[\w-]{22}\n[^]*#k=[\w-]{22}\n/);
        const codes = [...output().matchAll(/#k=([\w-]{22})/g)].map(([, text]) => text);
        equal(codes.length, 2);
        notEqual(codes[1], code);
        await writer.close();
      } finally {
        child.kill("SIGINT");
      }
      const { code } = await child.status;
      equal(code, 130);
      // Nothing but the two addresses is printed, and a note about the sandbox that did not exist.
      const others = output().split("\n").filter((line) =>
        !/^$|^skeg ui: http:\/\/127\.0\.0\.1:|^Note: new sandbox/.test(line)
      );
      deepEqual(others, []);
    }),
});

Deno.test("ui refuses what it cannot do, before it listens", async () => {
  const run = async (...words: string[]): Promise<string> => {
    const { code, stderr } = await program(["ui", "--no-open", ...words], { own: true });
    equal(code, 1, words.join(" "));
    return stderr;
  };
  match(await run("web"), /does not accept arguments/);
  match(await run("--port", "70000"), /it must be 0 to 65535/);
  match(await run("--idle", "-1"), /it must be at least 0/);
  match(await run("--contexts", "a", "--all-contexts"), /--contexts cannot be used with --all-contexts/);
  match(await run("--sandbox", "--all-contexts"), /--sandbox cannot be used with/);
  match(await run("--contexts", "nowhere", "--kubeconfig", "/dev/null"), /nowhere|context/);
});
