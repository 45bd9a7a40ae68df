import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeArchive, type TestEntry } from "../../tests/_lib/archive.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";

const isWindows = Deno.build.os === "windows";
const hasGit = await new Deno.Command("git", { args: ["--version"], stdout: "null" }).output()
  .then(({ success }) => success, () => false);

type Run = (...argv: string[]) => Promise<Outcome>;

/** A HELM_HOME for plugins, with some files beside it. */
async function inHome(
  files: Readonly<Record<string, string>>,
  work: (run: Run, folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(files, async (folder) => {
    mkdirSync(join(folder, "home/plugins"), { recursive: true });
    const variables = { HOME: folder, HELM_HOME: join(folder, "home") };
    await work((...argv) => program(argv, { variables }), folder);
  });
}

const PLUGIN = "name: hello\nversion: 1.0.0\ndescription: d\ncommand: echo hello\n";

/** Serves one archive while `work` runs. */
async function served(entries: readonly TestEntry[], work: (address: string) => Promise<void>): Promise<void> {
  const bytes = makeArchive(entries);
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) =>
      new URL(request.url).pathname.endsWith(".tgz") ? new Response(bytes.slice()) : new Response("", { status: 404 }),
  );
  try {
    await work(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

Deno.test("plugin install unpacks an archive and links it by its name", () =>
  inHome(
    {},
    (run, folder) =>
      served([{ name: "plugin.yaml", data: PLUGIN }, { name: "bin/x", mode: 0o755 }], async (address) => {
        const source = `${address}/hello-1.0.0.tgz`;
        deepEqual(await run("plugin", "install", source), { code: 0, stdout: "Installed plugin: hello\n", stderr: "" });
        const link = join(folder, "home/plugins/hello");
        match(realpathSync(link), /cache.plugins.http-127\.0\.0\.1-\d+-hello-1\.0\.0\.tgz$/);
        equal(existsSync(join(link, "bin/x")), true);
        equal((await run("plugin", "install", source)).stderr, "Error: plugin already exists\n");
        if (!isWindows) equal((await run("hello", "you")).stdout, "hello you\n");
        equal((await run("plugin", "remove", "hello")).stdout, "Removed plugin: hello\n");
        // The archive's old files do not come back.
        equal((await run("plugin", "install", source)).code, 0);
        deepEqual(readdirSync(join(folder, "home/cache/plugins")).length, 1);
      }),
  ));

for (
  const [what, entries, message] of [
    ["leads out of its folder", [{ name: "../../../../evil" }], "path contains '..', which is illegal"],
    ["names an absolute path", [{ name: "/evil" }], "path is absolute, which is illegal"],
    ["holds a link", [{ name: "evil", type: "2" }], "unknown type: 110010 in evil"],
    ["holds a device", [{ name: "evil", type: "4" }], "unknown type: 110100 in evil"],
    ["has no plugin.yaml", [{ name: "hello/plugin.yaml", data: PLUGIN }], "plugin metadata (plugin.yaml) missing"],
    [
      "has a bad plugin.yaml",
      [{ name: "plugin.yaml", data: "nome: x\n" }],
      "yaml: unmarshal errors:\n  line 1: field nome not found in type plugin.Metadata",
    ],
    [
      "would be called ../x",
      [{ name: "plugin.yaml", data: "name: ../x\n" }],
      `plugin name "../x" would lead out of the plugin's folder`,
    ],
  ] as const
) {
  Deno.test(`plugin install refuses an archive that ${what}, and leaves no plugin behind`, () =>
    inHome({}, (run, folder) =>
      served([{ name: "ok" }, ...entries], async (address) => {
        const outcome = await run("plugin", "install", `${address}/hello-1.0.0.tgz`);
        deepEqual([outcome.code, outcome.stdout], [1, ""]);
        ok(outcome.stderr.startsWith(`Error: ${message}\n`), outcome.stderr);
        deepEqual(readdirSync(join(folder, "home/plugins")), []);
        equal(existsSync(join(folder, "evil")), false);
        deepEqual(
          readdirSync(join(folder, "home/cache/plugins")).filter((name) => name.startsWith(".new-")),
          [],
        );
      })));
}

Deno.test("plugin install says what the server said", () =>
  inHome({}, (run) =>
    served([], async (address) => {
      const { stderr } = await run("plugin", "install", `${address}/none.tar.gz`);
      equal(stderr, `Error: Failed to fetch ${address}/none.tar.gz : 404 Not Found\n`);
      equal((await run("plugin", "install", `${address}/page`)).stderr, "Error: Cannot detect VCS\n");
    })));

Deno.test("a plugin that cannot be read is left out, and does not disturb commands of Helm's own", () =>
  inHome({ "good/plugin.yaml": PLUGIN }, async (run, folder) => {
    await run("plugin", "install", join(folder, "good"));
    mkdirSync(join(folder, "home/plugins/bad"));
    writeFileSync(join(folder, "home/plugins/bad/plugin.yaml"), "name: [\n");
    const notice = `failed to load plugins: ${join(folder, "home/plugins/bad")}: ` +
      "yaml: line 1: did not find expected node content\n";
    const listed = await run("plugin", "list");
    equal(listed.stderr, notice);
    match(listed.stdout, /\nhello\t1\.0\.0 +\td +\n$/);
    equal((await run("home")).stderr, "");
    equal((await run("version", "--client", "--short")).stderr, "");
    equal((await run("help")).stderr, notice);
    equal((await run("bogus")).stderr.startsWith(notice), true);
  }));

Deno.test("a plugin cannot take the place of a command of Helm's own", () =>
  inHome({ "evil/plugin.yaml": "name: home\ncommand: echo evil\n" }, async (run, folder) => {
    await run("plugin", "install", join(folder, "evil"));
    equal((await run("home")).stdout, `${join(folder, "home")}\n`);
  }));

Deno.test("a plugin's command line that ends in a global flag is an error", () =>
  inHome({ "good/plugin.yaml": PLUGIN }, async (run, folder) => {
    await run("plugin", "install", join(folder, "good"));
    equal(
      (await run("hello", "--host")).stderr,
      "Error: flag needs an argument: --host\nWrite --host VALUE, or --host=VALUE.\n",
    );
  }));

Deno.test("a downloader outside its plugin's folder is refused", () =>
  inHome({
    "p/plugin.yaml": "name: p\ncommand: echo\ndownloaders:\n- command: ../../bin/cat\n  protocols: [x]\n",
    "home/repository/repositories.yaml": "apiVersion: v1\ngenerated: 2020-01-01T00:00:00Z\nrepositories: []\n",
  }, async (run, folder) => {
    await run("plugin", "install", join(folder, "p"));
    const { code, stderr } = await run("repo", "add", "r", "x://h/r");
    equal(code, 1);
    match(stderr, /the downloader "\.\.\/\.\.\/bin\/cat" is not in the plugin's folder/);
  }));

/** Runs git in a folder, with a user name and an address. */
async function git(folder: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("git", {
    args: ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main", ...args],
    cwd: folder,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

Deno.test({
  name: "plugin install and update follow a Git repository",
  ignore: !hasGit || isWindows,
  fn: () =>
    inHome({ "src/plugin.yaml": PLUGIN }, async (run, folder) => {
      const source = join(folder, "src");
      const commit = async (text: string) => {
        writeFileSync(join(source, "plugin.yaml"), PLUGIN.replace("echo hello", `echo ${text}`));
        await git(source, "commit", "--quiet", "--all", "--message", text);
      };
      await git(source, "init", "--quiet");
      await git(source, "add", ".");
      await git(source, "commit", "--quiet", "--message", "first");
      await git(source, "tag", "v1.0.0");
      await commit("second");
      await git(source, "tag", "v1.1.0");
      await commit("third");

      const address = `file://${source}`;
      equal((await run("plugin", "install", address, "--version", "<1.1.0")).stdout, "Installed plugin: hello\n");
      equal((await run("hello")).stdout, "hello\n");
      equal((await run("plugin", "remove", "hello")).code, 0);
      equal((await run("plugin", "install", address, "--version", "^1")).code, 0);
      equal((await run("hello")).stdout, "second\n");
      await run("plugin", "remove", "hello");
      match(
        (await run("plugin", "install", address, "--version", ">2")).stderr,
        /requested version ">2" does not exist/,
      );
      equal(
        (await run("plugin", "install", address, "--version", "--force")).stderr,
        "Error: improper constraint: --force\n",
      );
      deepEqual(readdirSync(join(folder, "home/plugins")), []);

      await run("plugin", "install", address, "--version", "main");
      equal((await run("hello")).stdout, "third\n");
      await commit("fourth");
      equal((await run("plugin", "update", "hello")).stdout, "Updated plugin: hello\n");
      equal((await run("hello")).stdout, "fourth\n");
      const checkout = realpathSync(join(folder, "home/plugins/src"));
      writeFileSync(
        join(checkout, "plugin.yaml"),
        readFileSync(join(checkout, "plugin.yaml"), "utf8") + "usage: changed\n",
      );
      equal(
        (await run("plugin", "update", "hello")).stderr,
        "Error: Failed to update plugin hello, got error (plugin repo was modified)\n",
      );
    }),
});
