/** Signals in every phase of real processes: they end at once, with the status that shells report. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";
import { HAS_TERMINAL, spawnOnTerminal } from "../_lib/terminal.ts";

const MAIN = join(import.meta.dirname ?? ".", "..", "..", "main.ts");
const STATUSES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Name = keyof typeof STATUSES;
const NAMES = Object.keys(STATUSES) as Name[];

/** Maximal time until a process ends after a signal; leaves room for a busy machine. */
const AT_ONCE_MS = 3000;

/** A running process of the program. */
interface Run {
  readonly pid: number;
  /** Returns the output so far, both streams. */
  readonly text: () => string;
  /** Resolves when its output matches. */
  readonly said: (pattern: RegExp) => Promise<void>;
  /** Sends a signal and returns the exit status; rejects when the process does not end. */
  readonly endedBy: (name: Name) => Promise<number>;
  readonly kill: (name: Name) => void;
  readonly status: Promise<Deno.CommandStatus>;
}

/** Starts the program, and stops it after `play` when it still runs. */
async function running<T>(folder: string, args: readonly string[], play: (run: Run) => Promise<T>): Promise<T> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-R", "-W", "-N", "-E", "-S", "--allow-run", MAIN, ...args],
    env: { HOME: folder, HELM_HOME: join(folder, "helm"), DENO_DIR: Deno.env.get("DENO_DIR") ?? denoFolder() },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const piece of stream) text += decoder.decode(piece, { stream: true });
  };
  const streams = Promise.all([read(child.stdout), read(child.stderr)]);
  try {
    return await play({
      pid: child.pid,
      text: () => text,
      async said(pattern) {
        for (const end = Date.now() + 60_000; !pattern.test(text); await pause(20)) {
          ok(Date.now() < end, `it did not print ${pattern}, but: ${text}`);
        }
      },
      async endedBy(name) {
        child.kill(name);
        const status = await Promise.race([child.status, pause(AT_ONCE_MS)]);
        ok(status, `it went on after ${name}`);
        await streams;
        return status.code;
      },
      kill: (name) => child.kill(name),
      status: child.status,
    });
  } finally {
    await child.stdin.close().catch(() => {});
    try {
      child.kill("SIGKILL");
    } catch {
      // It has already ended.
    }
    await child.status;
    await streams;
  }
}

/** Returns the cache folder of the tests' Deno, so that each process can reuse compiled code. */
function denoFolder(): string {
  return join(Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? "/", ".cache"), "deno");
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A chart whose pod is never scheduled. */
const STUCK = {
  "stuck/Chart.yaml": "name: stuck\nversion: 1.0.0\n",
  "stuck/templates/pod.yaml": `apiVersion: v1
kind: Pod
metadata: {name: stuck}
spec: {nodeSelector: {no: where}, containers: [{name: main, image: main}]}
`,
};

const BUSY = `{{ define "a" }}{{ include "b" . }}{{ include "b" . }}{{ end }}
${
  [..."bcdefghijklmnopqrstuvwxyz"].map((letter, index, all) =>
    `{{ define "${letter}" }}${`{{ include "${all[index + 1] ?? "end"}" . }}`.repeat(4)}{{ end }}`
  ).join("\n")
}
{{ define "end" }}x{{ end }}
x: {{ include "a" . }}
`;

const CHARTS = {
  "busy/Chart.yaml": "name: busy\nversion: 1.0.0\n",
  "busy/templates/a.yaml": BUSY,
  "eta/Chart.yaml": "name: eta\nversion: 1.0.0\nengine: eta\n",
  "eta/templates/a.yaml": "<% for (;;); %>\n",
  "plain/Chart.yaml": "name: plain\nversion: 1.0.0\n",
  "plain/templates/a.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {a: {{ .Values.a | quote }}}\n",
  "stuck/Chart.yaml": "name: stuck\nversion: 1.0.0\n",
  "stuck/templates/pod.yaml": `apiVersion: v1
kind: Pod
metadata: {name: stuck}
spec: {nodeSelector: {no: where}, containers: [{name: main, image: main}]}
`,
  "stuck/templates/hook.yaml": `apiVersion: batch/v1
kind: Job
metadata: {name: stuck-hook, annotations: {helm.sh/hook: post-delete}}
spec: {template: {spec: {restartPolicy: Never, nodeSelector: {no: where}, containers: [{name: main, image: main}]}}}
`,
};

/** Makes a named pipe. `open` resolves to its writing end when the program opens it for reading. */
async function pipeIn(folder: string): Promise<{ path: string; open: () => Promise<Deno.FsFile> }> {
  const path = join(folder, "values.pipe");
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  ok(success);
  return { path, open: () => Deno.open(path, { write: true }) };
}

function signalTest(name: string, play: (folder: string) => Promise<void>): void {
  Deno.test({ name, ignore: Deno.build.os === "windows", fn: () => inFolder(CHARTS, play) });
}

for (const name of NAMES) {
  signalTest(`${name} ends template while a template computes`, async (folder) => {
    const pipe = await pipeIn(folder);
    await running(folder, ["template", join(folder, "busy"), "-f", pipe.path], async (run) => {
      (await pipe.open()).close();
      await pause(1000);
      equal(await run.endedBy(name), STATUSES[name]);
      equal(run.text(), "");
    });
  });
}

for (const command of ["lint", "install", "upgrade"]) {
  signalTest(`SIGTERM ends ${command} while a template computes`, async (folder) => {
    const sandbox = `--sandbox=${join(folder, "state.db")}`;
    const pipe = await pipeIn(folder);
    const args = {
      lint: ["lint", join(folder, "busy")],
      install: ["install", join(folder, "busy"), "--name", "web", sandbox],
      upgrade: ["upgrade", "--install", "web", join(folder, "busy"), sandbox],
    }[command] ?? [];
    await running(folder, [...args, "-f", pipe.path], async (run) => {
      (await pipe.open()).close();
      await pause(1000);
      equal(await run.endedBy("SIGTERM"), 143);
    });
  });
}

for (const command of ["template", "lint", "install"]) {
  signalTest(`one SIGTERM ends ${command} while a values file is a pipe that nothing comes from`, async (folder) => {
    const pipe = await pipeIn(folder);
    const more = command === "install" ? ["--name", "web", `--sandbox=${join(folder, "state.db")}`] : [];
    await running(folder, [command, join(folder, "plain"), "-f", pipe.path, ...more], async (run) => {
      using _values = await pipe.open();
      await pause(300);
      equal(await run.endedBy("SIGTERM"), 143);
    });
  });
}

signalTest("SIGINT ends install while values are awaited on standard input", async (folder) => {
  const args = ["install", join(folder, "plain"), "-f", "-", "--debug", `--sandbox=${join(folder, "state.db")}`];
  await running(folder, args, async (run) => {
    await run.said(/CHART PATH/);
    await pause(300);
    equal(await run.endedBy("SIGINT"), 130);
  });
});

signalTest("SIGTERM ends an endless Eta template and the process that computes it", async (folder) => {
  const pipe = await pipeIn(folder);
  await running(folder, ["template", join(folder, "eta"), "-f", pipe.path], async (run) => {
    (await pipe.open()).close();
    let children: string[] = [];
    for (const end = Date.now() + 8000; children.length === 0 && Date.now() < end; await pause(50)) {
      children = await childrenOf(run.pid);
    }
    equal(children.length, 1);
    await pause(300);
    equal(await run.endedBy("SIGTERM"), 143);
    for (const end = Date.now() + AT_ONCE_MS; await isThere(children[0] ?? ""); await pause(50)) {
      ok(Date.now() < end, "the process for templates went on");
    }
  });
});

Deno.test({
  name: "a terminal that is closed during a wait leaves the release FAILED",
  ignore: !HAS_TERMINAL,
  fn: () =>
    inFolder(STUCK, async (folder) => {
      const sandbox = `--sandbox=${join(folder, "state.db")}`;
      const terminal = spawnOnTerminal(["install", join(folder, "stuck"), "--name", "web", "--wait", sandbox], {
        HOME: folder,
      });
      const until = async (status: string): Promise<void> => {
        for (const end = Date.now() + 60_000;; await pause(50)) {
          const { stdout } = await program(["list", "--all", sandbox]);
          if (stdout.includes(status)) return;
          ok(Date.now() < end, `not ${status}: ${stdout}`);
        }
      };
      await until("PENDING_INSTALL");
      // The end of the program that draws the terminal closes it.
      terminal.kill("SIGKILL");
      await terminal.status;
      await until("FAILED");
    }),
});

async function ps(...args: string[]): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout).split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

async function childrenOf(pid: number): Promise<string[]> {
  return (await ps("-A", "-o", "pid=,ppid=")).map((line) => line.split(/\s+/))
    .filter(([, parent]) => parent === String(pid)).map(([child = ""]) => child);
}

async function isThere(pid: string): Promise<boolean> {
  return (await ps("-p", pid, "-o", "stat=")).some((state) => !state.startsWith("Z"));
}

const DOWNLOADS: Record<string, (address: string, folder: string) => string[]> = {
  "repo add": (address) => ["repo", "add", "slow", address],
  "fetch": (address) => ["fetch", `${address}/web-1.0.0.tgz`],
  "fetch --untar": (address, folder) => ["fetch", "--untar", "--untardir", folder, `${address}/web-1.0.0.tgz`],
  "install": (address, folder) => ["install", `${address}/web-1.0.0.tgz`, `--sandbox=${join(folder, "state.db")}`],
  "dependency update": (_, folder) => ["dependency", "update", "--skip-refresh", join(folder, "needy")],
};

for (const [command, words] of Object.entries(DOWNLOADS)) {
  signalTest(`SIGTERM ends ${command} while a server says nothing`, async (folder) => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const forever = new AbortController();
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, signal: forever.signal, onListen: () => {} },
      () => {
        resolve();
        return new Promise<Response>((answer) =>
          forever.signal.addEventListener("abort", () => answer(new Response()))
        );
      },
    );
    const address = `http://127.0.0.1:${server.addr.port}`;
    await Deno.mkdir(join(folder, "needy"));
    await Deno.writeTextFile(join(folder, "needy", "Chart.yaml"), "name: needy\nversion: 1.0.0\n");
    await Deno.writeTextFile(
      join(folder, "needy", "requirements.yaml"),
      `dependencies:\n- {name: web, version: 1.0.0, repository: "${address}"}\n`,
    );
    try {
      await running(folder, ["init", "--client-only", "--skip-refresh"], async ({ status }) => void await status);
      await running(folder, words(address, folder), async (run) => {
        await Promise.race([asked, run.status.then(() => ok(false, run.text()))]);
        equal(await run.endedBy("SIGTERM"), 143, run.text());
      });
    } finally {
      forever.abort();
      await server.finished;
    }
  });
}

for (const name of NAMES) {
  signalTest(`${name} while an install waits records FAILED`, async (folder) => {
    const sandbox = `--sandbox=${join(folder, "state.db")}`;
    await running(folder, ["install", join(folder, "stuck"), "--name", "web", "--wait", sandbox], async (run) => {
      await recorded(folder, sandbox, /PENDING_INSTALL/);
      equal(await run.endedBy(name), STATUSES[name]);
      match(run.text(), new RegExp(`^Error: release web failed: stopped by ${name}$`, "m"));
    });
    await recorded(folder, sandbox, /FAILED/);
  });
}

signalTest("SIGTERM while a delete runs a hook ends with the status of the signal", async (folder) => {
  const sandbox = `--sandbox=${join(folder, "state.db")}`;
  await running(folder, ["install", join(folder, "stuck"), "--name", "web", sandbox], async (run) => {
    equal((await run.status).code, 0, run.text());
  });
  await running(folder, ["delete", "--purge", "web", "--debug", sandbox], async (run) => {
    await run.said(/hook post-delete/);
    await pause(500);
    equal(await run.endedBy("SIGTERM"), 143);
  });
});

signalTest("a second signal does not wait for the orderly end", async (folder) => {
  const sandbox = `--sandbox=${join(folder, "state.db")}`;
  const args = ["install", join(folder, "stuck"), "--name", "web", "--atomic", sandbox];
  await running(folder, args, async (run) => {
    await recorded(folder, sandbox, /PENDING_INSTALL/);
    run.kill("SIGTERM");
    // The purge of --atomic runs the hook that never ends.
    await run.said(/PURGING CHART/);
    await pause(300);
    equal(await run.endedBy("SIGTERM"), 143);
  });
});

for (
  const [command, words, said] of [["serve", ["--address", "127.0.0.1:0"], /Now serving/], [
    "sandbox serve",
    [],
    /export/,
  ]] as const
) {
  signalTest(`SIGINT ends ${command}`, async (folder) => {
    await Deno.mkdir(join(folder, "helm", "repository", "local"), { recursive: true });
    const sandbox = command === "serve" ? [] : [`--sandbox=${join(folder, "state.db")}`];
    await running(folder, [...command.split(" "), ...words, ...sandbox], async (run) => {
      await run.said(said);
      await pause(300);
      equal(await run.endedBy("SIGINT"), 130);
    });
  });
}

/** Waits until the list of releases matches. */
async function recorded(folder: string, sandbox: string, pattern: RegExp): Promise<void> {
  let text = "";
  for (const end = Date.now() + 60_000; !pattern.test(text); await pause(100)) {
    ok(Date.now() < end, text);
    text = await running(folder, ["list", "--all", sandbox], async (run) => {
      deepEqual((await run.status).code, 0);
      await pause(50);
      return run.text();
    });
  }
}
