/**
 * Runs the plugins of testdata/plugins with skeg, and with Helm 2.17.0 when
 * SKEG_E2E_PROGRAMS has it: the same story with the same expectations.
 */
import { equal, match } from "node:assert/strict";
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../_lib/folder.ts";
import { type Outcome, program } from "../_lib/program.ts";
import { findProgram, runProgram } from "./_programs.ts";

const PLUGINS = join(import.meta.dirname ?? ".", "../../testdata/plugins");
const MAIN = join(import.meta.dirname ?? ".", "../../main.ts");

type Helm = (argv: readonly string[], variables: Record<string, string>) => Promise<Outcome>;

const helm2 = findProgram("helm2");
const programs: readonly (readonly [string, Helm | undefined])[] = [
  ["skeg", (argv, variables) => program(argv, { variables })],
  [
    "skeg, a process of its own",
    (argv, env) => runProgram(Deno.execPath(), ["run", "-A", "--quiet", MAIN, ...argv], { env }),
  ],
  ["Helm 2.17.0", helm2 === undefined ? undefined : (argv, env) => runProgram(helm2, argv, { env })],
];

/** Runs `work` with a HELM_HOME and copies of the plugins beside it. */
async function inHome(helm: Helm, work: (shop: Shop) => Promise<void>): Promise<void> {
  await inFolder({}, async (folder) => {
    const home = join(folder, "home");
    for (const part of ["plugins", "repository/cache", "repository/local", "starters", "cache/archive"]) {
      mkdirSync(join(home, part), { recursive: true });
    }
    const list = "apiVersion: v1\ngenerated: 2020-01-01T00:00:00Z\nrepositories: []\n";
    writeFileSync(join(home, "repository/repositories.yaml"), list);
    writeFileSync(join(home, "repository/local/index.yaml"), "apiVersion: v1\nentries: {}\n");
    cpSync(PLUGINS, join(folder, "plugins"), { recursive: true });
    mkdirSync(join(folder, "web"));
    writeFileSync(join(folder, "web/Chart.yaml"), "apiVersion: v1\nname: web\nversion: 1.0.0\n");
    const run = async (argv: readonly string[], variables: Record<string, string> = {}): Promise<Outcome> => {
      const outcome = await helm(argv, {
        HOME: folder,
        HELM_HOME: home,
        KUBECONFIG: join(folder, "none"),
        SKEG_HINTS: "off",
        ...variables,
      });
      const plain = (text: string) => text.replaceAll(folder, "$DIR");
      return { code: outcome.code, stdout: plain(outcome.stdout), stderr: plain(outcome.stderr) };
    };
    await work({ folder, home, run });
  });
}

interface Shop {
  readonly folder: string;
  readonly home: string;
  readonly run: (argv: readonly string[], variables?: Record<string, string>) => Promise<Outcome>;
}

const said = (stdout: string): Outcome => ({ code: 0, stdout, stderr: "" });
const failed = (message: string, code = 1): Outcome => ({ code, stdout: "", stderr: `Error: ${message}\n` });

for (const [name, helm] of programs) {
  const isProcess = name.endsWith("process of its own");
  const test = (what: string, work: (shop: Shop) => Promise<void>, alsoProcess = false) =>
    (alsoProcess || !isProcess) && Deno.test({
      name: `${name}: ${what}`,
      ignore: helm === undefined || Deno.build.os === "windows",
      fn: () => inHome(helm ?? (() => Promise.reject()), work),
    });

  test("a command plugin is installed, listed, run and removed", async ({ folder, home, run }) => {
    const log = () => readFileSync(join(home, "inventory.log"), "utf8");
    same(await run(["plugin", "install", join(folder, "plugins/inventory")]), said("Installed plugin: inventory\n"));
    equal(log(), "installed inventory\n");
    equal(lstatSync(join(home, "plugins/inventory")).isSymbolicLink(), true);
    same(await run(["plugin", "install", join(folder, "plugins/inventory")]), failed("plugin already exists"));
    const listed = await run(["plugin", "list"]);
    match(listed.stdout, /^NAME {5}\tVERSION\tDESCRIPTION +\ninventory\t0\.3\.1 {2}\tLists/);

    const web = join(folder, "web");
    same(await run(["inventory", web, web]), said("web 1.0.0\nweb 1.0.0\n"));
    same(await run(["inventory", "--exit", "7", web]), {
      code: 7,
      stdout: "web 1.0.0\n",
      stderr: 'leaving with 7\nError: plugin "inventory" exited with error\n',
    });
    same(await run(["inventory", "--bogus"]), {
      code: 2,
      stdout: "",
      stderr: 'unknown option: --bogus\nError: plugin "inventory" exited with error\n',
    });
    same(
      await run(["inventory"], { HELM_NO_PLUGINS: "1" }),
      failed(
        `unknown command "inventory" for "helm"\nRun 'helm --help' for usage.`,
      ),
    );

    same(
      await run(["plugin", "update", "inventory"]),
      failed(
        "Failed to update plugin inventory, got error (cannot get information about plugin source)",
      ),
    );
    same(await run(["plugin", "remove", "inventory", "bogus"]), {
      code: 1,
      stdout: "Removed plugin: inventory\n",
      stderr: "Error: Plugin: bogus not found\n",
    });
    equal(log(), "installed inventory\ndeleted inventory\n");
    equal(existsSync(join(home, "plugins/inventory")), false);
    equal(existsSync(join(folder, "plugins/inventory/plugin.yaml")), true);
    match((await run(["inventory"])).stderr, /^Error: unknown command "inventory" for "helm"\n/);
  });

  test("a command plugin is told of global flags, wherever they stand", async ({ folder, home, run }) => {
    await run(["plugin", "install", join(folder, "plugins/inventory")]);
    const settings = (home: string, more = "", namespace = "kube-system", host = "") =>
      said(
        `${more}HELM_HOME ${home}
HELM_PATH_CACHE ${home}/repository/cache
HELM_PATH_LOCAL_REPOSITORY ${home}/repository/local
HELM_PATH_REPOSITORY ${home}/repository
HELM_PATH_REPOSITORY_FILE ${home}/repository/repositories.yaml
HELM_PATH_STARTER ${home}/starters
HELM_PLUGIN ${home}/plugins
HELM_PLUGIN_DIR $DIR/home/plugins/inventory
HELM_PLUGIN_NAME inventory
TILLER_HOST ${host}
TILLER_NAMESPACE ${namespace}
`,
      );
    same(await run(["inventory", "--settings"]), settings("$DIR/home"));
    same(
      await run([
        "--debug",
        "--tiller-namespace",
        "ops",
        "inventory",
        "--kube-context=k",
        "--settings",
        "--host",
        "h:1",
      ]),
      settings("$DIR/home", "HELM_DEBUG 1\n", "ops", "h:1"),
    );
    const other = join(folder, "other");
    mkdirSync(other);
    same(await run(["inventory", "--settings", "--home", other]), settings("$DIR/other"));
    same(await run(["--home", home, "inventory", "--settings"], { HELM_HOME: "/nowhere" }), settings("$DIR/home"));
  }, true);

  test("plugins appear in help, and among what is suggested", async ({ folder, run }) => {
    await run(["plugin", "install", join(folder, "plugins/inventory")]);
    match((await run(["help"])).stdout, /\n {2}inventory +list charts with their versions\n/);
    match(
      (await run(["help", "inventory"])).stdout,
      /^Lists charts, folders or archives, with their versions\.\n\nArguments: .*\n\nUsage:\n {2}helm inventory \[flags\]\n/,
    );
    match((await run(["inventor"])).stderr, /\n\nDid you mean this\?\n\tinventory\n\nRun 'helm --help' for usage\.\n$/);
  });

  test("a downloader plugin serves a repository, its charts and values", async ({ folder, run }) => {
    await run(["plugin", "install", join(folder, "plugins/shelf")]);
    const shelf = join(folder, "shelf");
    mkdirSync(shelf);
    const web = join(folder, "web");
    await run(["package", "--save=false", "-d", shelf, web]);
    await run(["repo", "index", shelf, "--url", `shelf://local${shelf}`]);
    same(
      await run(["repo", "add", "ours", `shelf://local${shelf}`]),
      said('"ours" has been added to your repositories\n'),
    );
    match((await run(["search", "ours/"])).stdout, /\nours\/web\t1\.0\.0 /);
    same(await run(["fetch", "ours/web", "-d", folder]), said(""));
    equal(existsSync(join(folder, "web-1.0.0.tgz")), true);
    match((await run(["inspect", "chart", "ours/web"])).stdout, /\nname: web\n/);
    match((await run(["inspect", "chart", `shelves://local${shelf}/web-1.0.0.tgz`])).stdout, /\nname: web\n/);
    same(await run(["repo", "add", "none", `shelf://local${folder}/none`]), {
      code: 1,
      stdout: "",
      stderr: "shelf: nothing at $DIR/none/index.yaml (shelf)\n" +
        'Error: Looks like "shelf://local$DIR/none" is not a valid chart repository or cannot be reached: ' +
        'plugin "bin/shelf.sh get" exited with error\n',
    });
    same(await run(["repo", "add", "other", "rack:///x"]), failed("Could not find protocol handler for: rack"));
    same(await run(["shelf", "--whatever", "x"]), said("shelf 1 words: give me to 'helm repo add'\n"));
  });
}

function same(found: Outcome, wanted: Outcome): void {
  equal(JSON.stringify(found, undefined, 1), JSON.stringify(wanted, undefined, 1));
}
