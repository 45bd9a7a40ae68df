import { deepEqual, equal, match, ok } from "node:assert/strict";
import { asHelm, program } from "../tests/_lib/program.ts";
import { everyCommand } from "./_lib/subject.ts";
import { COMMANDS } from "./mod.ts";

for (const { path, hidden } of everyCommand([COMMANDS])) {
  const words = path.slice(1).map((entry) => entry.name);
  if (hidden) continue;
  Deno.test(`help of ${words.join(" ") || "the program"} is the same both ways, and has an example`, async () => {
    const { code, stdout, stderr } = await asHelm([...words, "--help"]);
    deepEqual([code, stderr], [0, ""]);
    // There is no command `help help`; `help` alone describes the program.
    if (words[0] !== "help") equal((await asHelm(["help", ...words])).stdout, stdout);
    match(stdout, /\nExamples:\n {2}\S/);
  });
}

Deno.test("hidden commands have help too", async () => {
  match((await asHelm(["docs", "--help"])).stdout, /^Usage:\n {2}helm docs \[flags\]$/m);
  const { stdout, stderr } = await asHelm(["update", "--help"]);
  match(stdout, /^Usage:\n {2}helm update \[REPO_NAME\] \[flags\]$/m);
  equal(stderr, `Command "update" is deprecated, Use 'helm repo update'\n\n`);
});

Deno.test("no command at all prints help", async () => {
  const help = (await asHelm(["--help"])).stdout;
  for (const words of [[], ["--debug"], ["--"]]) deepEqual(await asHelm(words), { code: 0, stdout: help, stderr: "" });
});

Deno.test("an unknown command is refused, and close ones are named", async () => {
  deepEqual(await asHelm(["bogus", "x"]), {
    code: 1,
    stdout: "",
    stderr: 'Error: unknown command "bogus" for "helm"\nRun \'helm --help\' for usage.\n',
  });
  deepEqual((await asHelm(["lst"])).stderr.split("\n"), [
    'Error: unknown command "lst" for "helm"',
    "",
    "Did you mean this?",
    "\tlint",
    "\tget",
    "\tlist",
    "\ttest",
    "",
    "Run 'helm --help' for usage.",
    "",
  ]);
  match((await asHelm(["remove"])).stderr, /\tdelete\n/);
  equal((await asHelm(["hlp"])).stderr, 'Error: unknown command "hlp" for "helm"\nRun \'helm --help\' for usage.\n');
});

Deno.test("an unknown word after a group of Helm prints the group's help", async () => {
  const { code, stdout } = await asHelm(["repo", "bogus"]);
  equal(code, 0);
  equal(stdout, (await asHelm(["repo", "--help"])).stdout);
});

Deno.test("an unknown help topic is named on stderr, with the usage, and is no failure", async () => {
  const { code, stdout, stderr } = await asHelm(["help", "bogus", "x"]);
  deepEqual([code, stdout], [0, ""]);
  match(stderr, /^Unknown help topic \[`bogus` `x`\]\nUsage:\n {2}helm \[command\]\n/);
});

Deno.test("a flag of another command is unknown", async () => {
  deepEqual(await asHelm(["home", "--wait"]), { code: 1, stdout: "", stderr: "Error: unknown flag: --wait\n" });
});

Deno.test("arguments are counted before anything else is done", async () => {
  const stderr = async (...words: string[]) => (await asHelm(words)).stderr;
  equal(await stderr("install"), "Error: This command needs 1 argument: chart name\n");
  equal(await stderr("upgrade", "x"), "Error: This command needs 2 arguments: release name, chart path\n");
  equal(await stderr("rollback"), "Error: This command needs 2 arguments: release name, revision number\n");
  equal(
    await stderr("rollback", "a", "x"),
    'Error: invalid revision number \'"x"\': strconv.ParseInt: parsing "x": invalid syntax\n',
  );
  equal(await stderr("delete"), "Error: command 'delete' requires a release name\n");
  for (const words of [["status"], ["get"], ["get", "values"], ["history"]]) {
    equal(await stderr(...words), "Error: release name is required\n");
  }
  equal(await stderr("test"), "Error: This command needs 1 argument: release name\n");
});

Deno.test("a bad output format is refused before anything is done", async () => {
  const stderr = async (...words: string[]) => (await asHelm(words)).stderr;
  equal(await stderr("install", "x", "-o", "bogus"), "Error: unsupported format bogus\n");
  equal(await stderr("upgrade", "a", "x", "-o", "JSON"), "Error: unsupported format JSON\n");
  equal(await stderr("history", "a", "-o", "x"), 'Error: unknown output format "x"\n');
  equal(await stderr("list", "--output", "table"), 'Error: Unknown output format "table"\n');
  equal(await stderr("get", "values", "a", "--output", "x"), 'Error: Unknown output format "x"\n');
});

Deno.test("a chart that cannot be found is named", async () => {
  const stderr = async (...words: string[]) => (await asHelm([...words, "--sandbox=:memory:"])).stderr;
  equal(await stderr("install", "./nothing-here"), 'Error: path "./nothing-here" not found\n');
  equal(
    await stderr("install", "stable/nothing"),
    'Error: failed to download "stable/nothing" (hint: running `helm repo update` may help)\n',
  );
});

Deno.test("version names the Helm it stands in for, without a cluster", async () => {
  const line = '&version.Version{SemVer:"v2.17.0", GitCommit:"a690bad98af45b015bd3da1a41f6218b1a451dbe", ' +
    'GitTreeState:"clean"}';
  equal((await asHelm(["version"])).stdout, `Client: ${line}\nServer: ${line}\n`);
  equal((await asHelm(["version", "-c", "--short"])).stdout, "Client: v2.17.0+ga690bad\n");
  equal((await asHelm(["version", "-s", "--short"])).stdout, "Server: v2.17.0+ga690bad\n");
  equal((await asHelm(["version", "--template", "{{.Client.SemVer}}"])).stdout, "v2.17.0");
});

Deno.test("home expands variables, and lists folders with --debug", async () => {
  equal((await asHelm(["home"])).stdout, "/home/ann/.helm\n");
  equal((await asHelm(["home"], { variables: { HELM_HOME: "/x/$HOME/${NOPE}" } })).stdout, "/x//home/ann/\n");
  equal(
    (await asHelm(["home", "--home", "/h", "--debug"])).stdout.split("\n")[4],
    "Stable CacheIndex: /h/repository/cache/stable-index.yaml",
  );
});

Deno.test("variables stand in for flags, and what a flag cannot read is passed over", async () => {
  const lines = async (variables: Record<string, string>, ...words: string[]) =>
    (await asHelm(["home", ...words], { variables })).stdout.split("\n").length - 1;
  equal(await lines({ HELM_DEBUG: "1" }), 8);
  equal(await lines({ HELM_DEBUG: "yes" }), 1);
  equal(await lines({ HELM_DEBUG: "true" }, "--debug=false"), 1);
  equal((await asHelm(["home", "--home", "/b"], { variables: { HELM_HOME: "/a" } })).stdout, "/b\n");
});

Deno.test("an unknown subcommand of a group that Helm does not have is refused, and what exists is named", async () => {
  const own = (line: string) => program(line.split(" "), { own: true });
  const cases: [string, string, string][] = [
    ["plan web ./web", 'unknown command "web" for "skeg plan"', "Use show, install, upgrade, rollback or delete."],
    ["plan upgrad web", 'unknown command "upgrad" for "skeg plan"', "Did you mean upgrade? Use "],
    ["plan apply x", 'unknown command "apply" for "skeg plan"', "'skeg apply' is a command of its own."],
    ["diff web ./web", 'unknown command "web" for "skeg diff"', "Use upgrade, rollback, live, revision or release."],
    ["sandbox bogus", 'unknown command "bogus" for "skeg sandbox"', "Use "],
    ["repair bogus", 'unknown command "bogus" for "skeg repair"', "Use "],
  ];
  for (const [line, error, hint] of cases) {
    const { code, stdout, stderr } = await own(line);
    deepEqual([code, stdout], [1, ""], line);
    ok(stderr.startsWith(`Error: ${error}\n${hint}`), stderr);
  }
  equal((await own("plan")).code, 0);
  equal((await own("repo ad")).code, 0);
});
