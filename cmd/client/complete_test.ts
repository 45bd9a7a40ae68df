import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program, type ProgramOptions } from "../../tests/_lib/program.ts";
import { everyCommand, subjectOf } from "../_lib/subject.ts";
import { COMMANDS } from "../mod.ts";

/** A chart that installs one object. */
const WEB = {
  "web/Chart.yaml": "name: web\nversion: 1.2.3\n",
  "web/templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: '{{ .Release.Name }}' }\n",
};

/** Candidates for the last word, and the directive. */
async function complete(words: readonly string[], options?: ProgramOptions): Promise<string[]> {
  const { code, stdout, stderr } = await program(["__complete", ...words], options);
  deepEqual([code, stderr], [0, ""]);
  return stdout.trimEnd().split("\n").map((line) => line.replace(/\t.*/, ""));
}

Deno.test("commands complete by their beginning, with a few words on each", async () => {
  deepEqual(await complete(["re"]), ["repair", "repo", "reset", ":words"]);
  equal(
    (await program(["__complete", "get", "v"])).stdout,
    "values\tDownload the values file for a named release\n:words\n",
  );
  deepEqual(await complete(["--home", "x", "templ"]), ["template", ":words"]);
  deepEqual(await complete(["help", "get", "h"]), ["hooks", ":words"]);
});

Deno.test("flags complete, those of the command and the global ones", async () => {
  deepEqual(await complete(["lint", "--s"]), [
    "--sandbox",
    "--schema",
    "--set",
    "--set-file",
    "--set-string",
    "--sql-connection-string",
    "--sql-create-schema",
    "--storage",
    "--strict",
    "--strict-kubernetes",
    ":words",
  ]);
  deepEqual(await complete(["upgrade", "web", "--disable-h"]), [":words"]);
});

Deno.test("values of flags complete, after a blank and after an equals sign", async () => {
  deepEqual(await complete(["status", "web", "--output", ""]), ["table", "json", "yaml", ":words"]);
  deepEqual(await complete(["status", "web", "-o", "j"]), ["json", ":words"]);
  deepEqual(await complete(["list", "--output=y"]), ["--output=yaml", ":words"]);
  deepEqual(await complete(["install", "-f", ""]), [":files"]);
  deepEqual(await complete(["template", ".", "--output-dir", ""]), [":folders"]);
  deepEqual(await complete(["--storage", "s"]), ["secret", "sql", ":words"]);
  deepEqual(await complete(["lint", "--kube-version", ""]), ["cluster", ":words"]);
  deepEqual(await complete(["template", "--kube-version=cl"]), ["--kube-version=cluster", ":words"]);
  deepEqual(await complete(["install", "--kube-version", ""]), [":words"]);
});

Deno.test("a mistake earlier in the line does no harm", async () => {
  deepEqual(await complete(["status", "--bogus", "-z", "web", "--output", "j"]), ["json", ":words"]);
  deepEqual(await complete(["bogus", ""]), [":words"]);
});

Deno.test("after -- there are no flags", async () => {
  deepEqual(await complete(["lint", "--", "--st"]), [":files"]);
});

Deno.test("releases and revisions come from the records", () =>
  inFolder({ ...WEB }, async (folder) => {
    const variables = { SKEG_SANDBOX: join(folder, "state.db") };
    for (const line of ["install WEB --name one", "install WEB --name other", "upgrade one WEB", "delete other"]) {
      const words = line.split(" ").map((word) => word === "WEB" ? join(folder, "web") : word);
      equal((await program(words, { variables })).code, 0);
    }
    equal(
      (await program(["__complete", "status", ""], { variables })).stdout,
      "one\tDEPLOYED\nother\tDELETED\n:words\n",
    );
    deepEqual(await complete(["delete", "one", "o"], { variables }), ["other", ":words"]);
    equal(
      (await program(["__complete", "rollback", "one", ""], { variables })).stdout,
      "2\tDEPLOYED\n1\tSUPERSEDED\n:words\n",
    );
    deepEqual(await complete(["get", "values", "one", "--revision", ""], { variables }), ["2", "1", ":words"]);
    deepEqual(await complete(["list", "-o", "on"], { variables }), ["one", ":words"]);
    ok((await complete(["install", "x", "--namespace", "kube-"], { variables })).includes("kube-system"));
  }));

const KUBECONFIG = `apiVersion: v1
kind: Config
contexts:
- name: here
  context: { cluster: x, user: x }
- name: there
  context: { cluster: x, user: x }
`;

const INDEX = `apiVersion: v1
entries:
  mysql:
  - { name: mysql, version: 1.6.9, appVersion: 5.7.30, urls: [mysql-1.6.9.tgz] }
  - { name: mysql, version: 1.6.8, urls: [mysql-1.6.8.tgz] }
  redis:
  - { name: redis, version: 10.5.7, urls: [redis-10.5.7.tgz] }
`;

Deno.test("contexts, repositories, charts, versions and plugins come from files", () =>
  inFolder({
    "config": KUBECONFIG,
    "home/repository/repositories.yaml": `apiVersion: v1
repositories:
- { name: stable, url: "https://ann:secret@charts.example.com/x", cache: stable-index.yaml }
`,
    "home/repository/cache/stable-index.yaml": INDEX,
    "home/plugins/hello/plugin.yaml": "name: hello\nusage: says hello\ncommand: echo hello\n",
  }, async (folder) => {
    const variables = { HELM_HOME: join(folder, "home"), KUBECONFIG: join(folder, "config") };
    deepEqual(await complete(["list", "--kube-context", ""], { variables }), ["here", "there", ":words"]);
    deepEqual(await complete(["list", "--contexts", "here,t"], { variables }), ["here,there", ":words"]);
    deepEqual(await complete(["list", "--contexts=here,t"], { variables }), ["--contexts=here,there", ":words"]);
    deepEqual(await complete(["install", "st"], { variables }), ["stable/", ":files nospace"]);
    deepEqual(await complete(["upgrade", "x", "stable/m"], { variables }), ["stable/mysql", ":files"]);
    deepEqual(await complete(["install", "stable/mysql", "--version", ""], { variables }), [
      "1.6.9",
      "1.6.8",
      ":words",
    ]);
    deepEqual(await complete(["install", "nope/"], { variables }), [":files"]);
    const { stdout } = await program(["__complete", "install", "s"], { variables });
    ok(!stdout.includes("secret"), "credentials stay out of lists");
    deepEqual(await complete(["plugin", "remove", ""], { variables }), ["hello", ":words"]);
    equal(
      (await program(["__complete", "he"], { variables })).stdout,
      "hello\tsays hello\nhelp\tHelp about any command\n:words\n",
    );
    deepEqual(await complete(["hello", "--st"], { variables }), [":files"]);
    deepEqual(await complete(["repo", "remove", ""], { variables }), ["stable", ":words"]);
  }));

Deno.test("where nothing can be looked up, nothing is offered", async () => {
  const variables = { HOME: "/nowhere/at/all" };
  deepEqual(await complete(["status", ""], { variables }), [":words"]);
  deepEqual(await complete(["install", ""], { variables }), [":files"]);
  deepEqual(await complete(["--kube-context", ""], { variables }), [":words"]);
});

Deno.test("a whole line is split as a shell splits it", async () => {
  deepEqual(await complete(["--line", "helm get val"]), ["values", ":words"]);
  deepEqual(await complete(["--line", "helm 'get' values x --output="]), ["--output=json", "--output=yaml", ":words"]);
});

/** Commands without arguments, or with free ones. */
const FREE = [
  "",
  "create",
  "dependency",
  "diff",
  "home",
  "init",
  "list",
  "migrate",
  "migrate helm3 config",
  "plan",
  "plugin",
  "plugin list",
  "repair",
  "repair delete-orphans",
  "repair sql-bookkeeping",
  "repo",
  "repo add",
  "repo list",
  "reset",
  "sandbox",
  "sandbox reset",
  "sandbox serve",
  "search",
  "serve",
  "ui",
  "version",
];

Deno.test("every command says what its arguments are, or is known to take none that can be completed", async () => {
  const without: string[] = [];
  for (const { path, hidden } of everyCommand([COMMANDS])) {
    if (hidden) continue;
    const { command } = await subjectOf(path, () => undefined);
    const name = path.slice(1).map(({ name }) => name).join(" ");
    if (command?.completes === undefined && name !== "help") without.push(name);
  }
  deepEqual(without.toSorted(), FREE.toSorted());
});

Deno.test("every flag of every command is offered, and its words after it", async () => {
  let count = 0;
  for (const { path, hidden } of everyCommand([COMMANDS])) {
    if (hidden || path.length < 2) continue;
    const { flags, globals } = await subjectOf(path, () => undefined);
    const words = path.slice(1).map(({ name }) => name);
    const offered = new Set(await complete([...words, "--"], { own: true }));
    for (const [name, flag] of Object.entries({ ...globals, ...flags })) {
      if (flag.deprecated !== undefined || flag.helm3 === true) continue;
      count++;
      ok(offered.has(`--${name}`), `${words.join(" ")} --${name}`);
      const wanted = typeof flag.complete === "object" && "words" in flag.complete ? flag.complete.words : [];
      if (wanted.length === 0) continue;
      const values = new Set(await complete([...words, `--${name}=`], { own: true }));
      for (const word of wanted) ok(values.has(`--${name}=${word}`), `${words.join(" ")} --${name}=${word}`);
    }
  }
  ok(count > 1000, `${count} flags`);
});
