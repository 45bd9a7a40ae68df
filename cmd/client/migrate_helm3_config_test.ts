/** Tests of `migrate helm3 config`; with `SKEG_E2E_PROGRAMS`, the real Helm 3 reads what it writes. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { decodeYaml } from "../../engine/lang/yaml/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";

const LIST = `apiVersion: v1
generated: 2019-12-01T10:00:00Z
repositories:
- {name: stable, url: "https://kubernetes-charts.storage.googleapis.com", cache: /h/stable-index.yaml}
- {name: local, url: "http://127.0.0.1:8879/charts", cache: /h/local-index.yaml}
- {name: team, url: "https://charts.example.com/team", username: ann, password: open-sesame, caFile: ca.pem}
- {name: incubator, url: "http://kubernetes-charts-incubator.storage.googleapis.com/"}
- {name: mirror, url: "https://mirror.example.com/?from=kubernetes-charts.storage.googleapis.com"}
- {name: objects, url: "s3://bucket/charts"}
`;

const FILES = {
  "home/repository/repositories.yaml": LIST,
  "home/plugins/tunnel/plugin.yaml": "name: tunnel\nversion: 1.0.0\nuseTunnel: true\n",
  "home/plugins/env/plugin.yaml": 'name: env\nversion: 2.0.0\ncommand: "$HELM_PLUGIN_DIR/x --host $TILLER_HOST"\n',
  "home/plugins/plain/plugin.yaml": 'name: plain\nversion: 3.0.0\ncommand: "$HELM_PLUGIN_DIR/x"\n',
  "home/starters/ours/Chart.yaml": "name: ours\nversion: 1.0.0\n",
};

type Run = (line: string, variables?: Readonly<Record<string, string>>) => Promise<Outcome>;

/** Runs `migrate helm3 config` with the files; Helm 3's folder is `h3`. */
function withHome(files: Record<string, string>, work: (run: Run, folder: string) => Promise<void>): Promise<void> {
  return inFolder(
    files,
    (folder) =>
      work((line, more) =>
        program(["migrate", "helm3", "config", ...line.split(" ").filter((word) => word !== "")], {
          own: true,
          variables: { HOME: folder, HELM_HOME: join(folder, "home"), HELM_CONFIG_HOME: join(folder, "h3"), ...more },
        }), folder),
  );
}

Deno.test("migrate helm3 config shows what it would write, and writes nothing without --yes", () =>
  withHome(FILES, async (run, folder) => {
    const { code, stdout, stderr } = await run("");
    equal(code, 0);
    const cells = stdout.split("\n").map((line) => line.split("\t").map((cell) => cell.trim()));
    equal(cells[0]?.[0], `Would be written: ${join(folder, "h3", "repositories.yaml")}`);
    deepEqual(cells.slice(2, 8).map(([name, , result]) => `${name} ${result}`), [
      "stable left out",
      "local left out",
      "team would be copied",
      "incubator left out",
      "mirror would be copied",
      "objects would be copied",
    ]);
    match(stdout, /no longer exists; its charts are at https:\/\/charts\.helm\.sh\/stable/);
    match(stdout, /^tunnel\s.*asks for a tunnel to Tiller/m);
    match(stdout, /^env\s.*uses \$TILLER_HOST/m);
    match(stdout, /^plain\s.*does not say so/m);
    match(stdout, /^Starters, .*: ours$/m);
    match(stderr, /nothing was written\. Run the same command with --yes/);
    ok(!(stdout + stderr).includes("open-sesame"));
    ok(!existsSync(join(folder, "h3")));
  }));

Deno.test("migrate helm3 config --yes writes a private list, keeps passwords, and changes nothing of Helm 2's", () =>
  withHome(FILES, async (run, folder) => {
    const { code, stdout, stderr } = await run("--yes");
    equal(code, 0);
    match(stdout, /^Written: /);
    match(stderr, /holds the passwords of team; only you can read it/);
    match(stderr, /team names files relative to the folder in which a command runs: ca\.pem/);
    ok(!stderr.includes("preview"));
    const path = join(folder, "h3", "repositories.yaml");
    const file = decodeYaml(await Deno.readTextFile(path)) as { repositories: Record<string, unknown>[] };
    deepEqual(file.repositories, [
      entry("team", "https://charts.example.com/team", { username: "ann", password: "open-sesame", caFile: "ca.pem" }),
      entry("mirror", "https://mirror.example.com/?from=kubernetes-charts.storage.googleapis.com"),
      entry("objects", "s3://bucket/charts"),
    ]);
    if (Deno.build.os !== "windows") equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    equal(await Deno.readTextFile(join(folder, "home", "repository", "repositories.yaml")), LIST);

    const again = await run("--yes");
    match(again.stdout, /^Helm 3's list of repositories: /);
    match(again.stdout, /^team\s.*not copied\s.*Helm 3 has it already/m);
    match(again.stderr, /Helm 3 has 3 repositories already, .* so nothing is copied/);
  }));

function entry(name: string, url: string, more: Readonly<Record<string, string>> = {}): Record<string, unknown> {
  const empty = { username: "", password: "", certFile: "", keyFile: "", caFile: "" };
  return { name, url, ...empty, insecure_skip_tls_verify: false, pass_credentials_all: false, ...more };
}

Deno.test("migrate helm3 config never changes a list that Helm 3 has", () => {
  const own =
    'apiVersion: ""\ngenerated: "0001-01-01T00:00:00Z"\nrepositories:\n- name: team\n  url: https://u:p@other.example.com\n';
  return withHome({ ...FILES, "h3/repositories.yaml": own }, async (run, folder) => {
    const { stdout, stderr } = await run("--yes");
    match(
      stdout,
      /^team\s.*not copied\s.*Helm 3 has another repository of this name: https:\/\/.*other\.example\.com/m,
    );
    match(stdout, /^mirror\s.*not copied\s.*add it there by hand/m);
    ok(!(stdout + stderr).includes("u:p@"));
    equal(await Deno.readTextFile(join(folder, "h3", "repositories.yaml")), own);
  });
});

Deno.test("migrate helm3 config fills an empty list of Helm 3, and refuses a damaged one without quoting it", () =>
  withHome({ ...FILES, "h3/repositories.yaml": "apiVersion: v1\nrepositories: []\n" }, async (run, folder) => {
    equal((await run("--yes")).code, 0);
    match(await Deno.readTextFile(join(folder, "h3", "repositories.yaml")), /name: mirror/);
    await Deno.writeTextFile(join(folder, "h3", "repositories.yaml"), "repositories: open-sesame\n");
    const { code, stderr } = await run("--yes");
    equal(code, 1);
    match(
      stderr,
      /^Error: cannot read Helm 3's list of repositories .*: it has no list under `repositories`\nMend the file/m,
    );
    ok(!stderr.includes("open-sesame"));
  }));

Deno.test("migrate helm3 config without a list of Helm 2 lists the rest, and takes no arguments", () =>
  withHome({ "home/plugins/plain/plugin.yaml": FILES["home/plugins/plain/plugin.yaml"] }, async (run, folder) => {
    const { code, stdout, stderr } = await run("--yes");
    equal(code, 0);
    match(stdout, /^plain\s/m);
    match(stderr, /has no list of repositories; --home names another folder/);
    ok(!existsSync(join(folder, "h3")));
    match((await run("web")).stderr, /^Error: This command does not accept arguments/);
  }));

Deno.test("migrate helm3 config names the list that cannot be read, of Helm 2 and of Helm 3", () =>
  withHome({ ...FILES, "home/repository/repositories.yaml": "{{{" }, async (run, folder) => {
    const { code, stderr } = await run("");
    equal(code, 1);
    equal(
      stderr.split("\n")[0]?.split(": ").slice(0, 2).join(": "),
      `Error: ${join(folder, "home", "repository", "repositories.yaml")} cannot be read`,
    );
    Deno.writeTextFileSync(join(folder, "home", "repository", "repositories.yaml"), LIST);
    Deno.mkdirSync(join(folder, "h3"));
    Deno.writeTextFileSync(join(folder, "h3", "repositories.yaml"), "{{{");
    ok(
      (await run("--yes")).stderr.includes(`Helm 3's list of repositories ${join(folder, "h3", "repositories.yaml")}`),
    );
  }));

/** The folder of `SKEG_E2E_PROGRAMS` with a real Helm 3; `undefined` without one. */
const HELM3 = (Deno.env.get("SKEG_E2E_PROGRAMS") ?? "").split(delimiter).map((folder) => join(folder, "helm3"))
  .find((path) => existsSync(path));

Deno.test({
  name: "the real Helm 3 looks where migrate helm3 config writes, and lists the repositories",
  ignore: HELM3 === undefined,
  fn: () =>
    withHome(FILES, async (run, folder) => {
      for (
        const variables of [
          {},
          { HELM_CONFIG_HOME: "", XDG_CONFIG_HOME: join(folder, "xdg") },
          { HELM_CONFIG_HOME: "" },
          { HELM_REPOSITORY_CONFIG: join(folder, "lists", "mine.yaml") },
        ]
      ) {
        const env = { HOME: folder, HELM_CONFIG_HOME: join(folder, "h3"), ...variables };
        const helm3 = async (...args: string[]): Promise<string> => {
          const { stdout, stderr } = await new Deno.Command(HELM3 ?? "", { args, env, clearEnv: true }).output();
          return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
        };
        const { target, helm3Plugins } = JSON.parse((await run("--yes --output json", variables)).stdout);
        match(await helm3("env"), new RegExp(`^HELM_REPOSITORY_CONFIG="${target}"$`, "m"));
        match(await helm3("env"), new RegExp(`^HELM_PLUGINS="${helm3Plugins}"$`, "m"));
        const listed = JSON.parse(await helm3("repo", "list", "--output", "json"));
        deepEqual(listed.map(({ name }: { name: string }) => name), ["team", "mirror", "objects"]);
      }
    }),
});
