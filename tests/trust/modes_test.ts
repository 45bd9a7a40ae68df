/**
 * Files with secrets are readable by their owner only, from their creation on and
 * with any umask. The program warns about older files that others can read.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { guarded, repositoryFiles, serveFiles, withServer } from "../_lib/chart_server.ts";
import { inFolder } from "../_lib/folder.ts";
import { type Outcome, program } from "../_lib/program.ts";
import { openSandbox, serveSandbox } from "../../engine/sandbox/mod.ts";

const options = { ignore: Deno.build.os === "windows" };

/** Runs `work` with umask 0. */
async function withoutUmask<T>(work: () => Promise<T>): Promise<T> {
  const before = Deno.umask(0);
  try {
    return await work();
  } finally {
    Deno.umask(before);
  }
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

/** Runs `work` with a home with an empty list of repositories, as `init` makes it, and a function that runs commands in it. */
async function withHome(
  work: (home: string, run: (...argv: string[]) => Promise<Outcome>) => Promise<void>,
): Promise<void> {
  await inFolder({}, async (folder) => {
    const home = join(folder, "home");
    const run = (...argv: string[]) => program(argv, { variables: { HOME: folder, HELM_HOME: home } });
    await run("init", "--client-only", "--skip-refresh", "--skip-repos");
    await work(home, run);
  });
}

Deno.test("the sandbox's file and what SQLite keeps beside it are private while it is open", options, async () => {
  await withoutUmask(() =>
    inFolder({}, async (folder) => {
      const warnings: string[] = [];
      const file = join(folder, "state.sqlite");
      const sandbox = await openSandbox({ file, warn: (text) => warnings.push(text) });
      const names = (await readdir(folder)).sort();
      deepEqual(names, ["state.sqlite", "state.sqlite-shm", "state.sqlite-wal"]);
      for (const name of names) equal(await modeOf(join(folder, name)), "600", name);
      await sandbox.close();
      await (await openSandbox({ file, warn: (text) => warnings.push(text) })).close();
      deepEqual(warnings, []);
    })
  );
});

Deno.test("a sandbox's file that others may read is used, and told of", options, async () => {
  await inFolder({}, async (folder) => {
    const file = join(folder, "state.sqlite");
    const list = (variables: Record<string, string> = {}) =>
      program(["list", `--sandbox=${file}`], { variables: { HOME: folder, ...variables } });
    // The other notes are about the new file and the empty list.
    match((await list()).stderr, /Note: new sandbox: /);
    const empty = (await list()).stderr;
    match(empty, /^Note: no release is .*\n$/);
    await chmod(file, 0o644);
    const note = `Note: others may read the sandbox's state, Secrets included. Make it private: chmod 600 ${file}\n`;
    deepEqual(await list(), { code: 0, stdout: "", stderr: note + empty });
    deepEqual(await list({ SKEG_HINTS: "off" }), { code: 0, stdout: "", stderr: "" });
    equal(await modeOf(file), "644");
  });
});

Deno.test("without a home the sandbox's state goes nowhere, and a person is told what to set", async () => {
  const before = new Set(await readdir("."));
  for (const variables of [{ HOME: "" }, { HOME: "", XDG_STATE_HOME: "" }]) {
    const { code, stdout, stderr } = await program(["list", "--sandbox"], { variables });
    deepEqual([code, stdout], [1, ""]);
    match(stderr, /^Error: Cannot choose a file for the sandbox's state: set HOME or XDG_STATE_HOME/);
  }
  equal((await program(["sandbox", "reset"], { variables: { HOME: "" } })).code, 1);
  deepEqual(new Set(await readdir(".")), before);
});

Deno.test("the list of repositories is private", options, async () => {
  await withoutUmask(() =>
    withHome(async (home) => equal(await modeOf(join(home, "repository", "repositories.yaml")), "600"))
  );
});

Deno.test(
  "a list of repositories that others may read keeps its mode, and is told of when it holds passwords",
  options,
  async () => {
    await withServer(guarded("ann", "pw", serveFiles(repositoryFiles([["web", "1.0.0"]]))), async ({ url }) => {
      await withHome(async (home, run) => {
        const path = join(home, "repository", "repositories.yaml");
        const note =
          `Note: other users can read the passwords of your repositories. Make the list private: chmod 600 ${path}\n`;
        await chmod(path, 0o644);
        equal((await run("repo", "list")).stderr, "");
        equal((await run("repo", "add", "ours", url, "--username", "ann", "--password", "pw")).stderr, note);
        equal((await run("repo", "list")).stderr, note);
        equal((await run("repo", "update")).stderr, ""); // scripts run it often, so it must stay quiet
        equal(await modeOf(path), "644");
        await chmod(path, 0o600);
        equal((await run("repo", "list")).stderr, "");
        equal(await modeOf(path), "600");
      });
    });
  },
);

Deno.test(
  "the index of a repository that needs a password is private, and what is made from it too",
  options,
  async () => {
    const files = repositoryFiles([["web", "1.0.0"]]);
    const index = JSON.parse(String(files["/index.yaml"]));
    index.entries.web[0].description = "x".repeat(300 * 1024); // large enough for the quick form
    const answer = serveFiles({ ...files, "/index.yaml": JSON.stringify(index) });
    await withServer(answer, async ({ url }) => {
      await withoutUmask(() =>
        withHome(async (home, run) => {
          const cache = join(home, "repository", "cache");
          await writeFile(join(cache, "ours-index.yaml"), "", { mode: 0o644 }); // left by Helm 2
          for (const [name, address] of [["ours", url.replace("//", "//ann:pw@")], ["open", url]] as const) {
            equal((await run("repo", "add", name, address)).code, 0);
          }
          await run("search", "web");
          const modes = await Promise.all(
            (await readdir(cache)).sort().map(async (name) => [name, await modeOf(join(cache, name))]),
          );
          deepEqual(modes, [
            ["open-index.yaml", "644"],
            ["open-index.yaml.parsed", "644"],
            ["ours-index.yaml", "600"],
            ["ours-index.yaml.parsed", "600"],
          ]);
        })
      );
    });
  },
);

Deno.test("the kubeconfig of a served sandbox is private from its first byte", options, async () => {
  await withoutUmask(() =>
    inFolder({ "served/kubeconfig": "old" }, async (folder) => {
      const directory = join(folder, "served");
      const path = join(directory, "kubeconfig");
      await chmod(path, 0o644);
      const old = await Deno.open(path);
      const sandbox = await openSandbox();
      const served = await serveSandbox(sandbox, { directory });
      try {
        equal(await modeOf(path), "600");
        match(await readFile(path, "utf8"), /token: \S+/);
        // A program that had the old file open cannot read the new content.
        equal(new TextDecoder().decode(await new Response(old.readable).bytes()), "old");
        deepEqual(await readdir(directory), ["kubeconfig"]);
      } finally {
        await served.stop();
        await sandbox.close();
      }
    })
  );
});

Deno.test("a sandbox that keeps nothing is served without a home when a folder is named", async () => {
  await inFolder({}, async (folder) => {
    const stop = AbortSignal.timeout(200);
    const directory = join(folder, "here");
    await mkdir(directory);
    const argv = ["sandbox", "serve", "--sandbox=:memory:", "--directory", directory];
    const { stdout } = await program(argv, { variables: { HOME: "" }, signal: stop });
    ok(stdout.includes(join(directory, "kubeconfig")));
  });
});
