import { deepEqual, equal, match } from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { asHelm, program } from "../../tests/_lib/program.ts";

const KEYS = join(import.meta.dirname ?? ".", "../../testdata/keys");
const CHART = {
  "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
  "web/values.yaml": "a: 1\n",
  "web/README.md": "# Web\n",
  "home/repository/local/index.yaml": "apiVersion: v1\nentries: {}\n",
};

Deno.test("package changes versions, and puts the archive into the local repository too", () =>
  inFolder(CHART, async (folder) => {
    const variables = { HELM_HOME: join(folder, "home") };
    const flags = ["--version", "2.0.0-rc.1", "--app-version", "7", "-d", folder, "--debug"];
    const archive = join(folder, "web-2.0.0-rc.1.tgz");
    const local = join(folder, "home/repository/local");
    equal(
      (await program(["package", join(folder, "web"), ...flags], { variables })).stdout,
      `[debug] Setting version to 2.0.0-rc.1\n[debug] Setting appVersion to 7\n` +
        `Successfully packaged chart and saved it to: ${archive}\n` +
        `[debug] Successfully saved ${archive} to ${local}\n\n`,
    );
    deepEqual(readdirSync(local).sort(), ["index.yaml", "web-2.0.0-rc.1.tgz"]);
    match(readFileSync(join(local, "index.yaml"), "utf8"), /\n {4}version: 2\.0\.0-rc\.1\n/);
    equal(
      (await program(["inspect", "chart", archive])).stdout,
      'apiVersion: v1\nappVersion: "7"\nname: web\nversion: 2.0.0-rc.1\n\n',
    );
  }));

Deno.test("package --sign makes what verify accepts", () =>
  inFolder(CHART, async (folder) => {
    const sign = ["--sign", "--key", "bob", "--keyring", join(KEYS, "secret.asc"), "--save=false", "-d", folder];
    const run = (passphrase: string) =>
      program(["package", join(folder, "web"), ...sign], { variables: { HELM_KEY_PASSPHRASE: passphrase } });
    const archive = join(folder, "web-1.0.0.tgz");
    const wrong = await run("wrong");
    equal(wrong.stderr, "Error: openpgp: invalid data: private key checksum failure\n");
    equal(existsSync(`${archive}.prov`), false);
    equal((await run("open sesame")).code, 0);
    const keyring = ["--keyring", join(KEYS, "gnupg2/pubring.kbx")];
    deepEqual(await program(["verify", archive, ...keyring]), { code: 0, stdout: "", stderr: "" });
    equal((await program(["inspect", "readme", archive, "--verify", ...keyring])).stdout, "# Web\n\n");
    deepEqual(await program(["inspect", join(folder, "web"), "--verify"]), {
      code: 1,
      stdout: "",
      stderr: "Error: cannot verify a directory\n",
    });
  }));

Deno.test("package --sign asks for a passphrase, and says so where nobody can type one", () =>
  inFolder(CHART, async (folder) => {
    const sign = ["--sign", "--key", "bob", "--keyring", join(KEYS, "secret.asc"), "--save=false", "-d", folder];
    const { code, stdout } = await program(["package", join(folder, "web"), ...sign]);
    equal(code, 1);
    match(stdout, /\nPassword for key "Bob Locked <bob@example\.com>" > {2}\n$/);
  }));

Deno.test("verify notes a key that has run out to a person who watches", async () => {
  const argv = ["verify", join(KEYS, "signed/eve/web-1.2.3.tgz"), "--keyring", join(KEYS, "public.asc")];
  deepEqual(await asHelm(argv), { code: 0, stdout: "", stderr: "" });
  deepEqual(await program(argv, { watched: true }), {
    code: 0,
    stdout: "",
    stderr: "Note: the key of Eve Expired <eve@example.com> has expired.\n",
  });
});

Deno.test("package stops at the first chart that is wrong", () =>
  inFolder({ ...CHART, "wrong/Chart.yaml": "name: other\nversion: 1.0.0\n" }, async (folder) => {
    mkdirSync(join(folder, "out"));
    const paths = ["wrong", "web"].map((name) => join(folder, name));
    deepEqual(await program(["package", ...paths, "--save=false", "-d", join(folder, "out")]), {
      code: 1,
      stdout: "",
      stderr: "Error: directory name (wrong) and Chart.yaml name (other) must match\n",
    });
    deepEqual(readdirSync(join(folder, "out")), []);
  }));

for (
  const [argv, message] of [
    [["package"], "need at least one argument, the path to the chart"],
    [["package", "x", "--sign"], "--key is required for signing a package"],
    [["package", "x", "--sign", "--key", "a", "--keyring="], "--keyring is required for signing a package"],
    [["package", "/nowhere/x"], "chart metadata (Chart.yaml) missing"],
    [["package", `${import.meta.filename}/x`], "chart metadata (Chart.yaml) missing"],
    [["verify"], "a path to a package file is required"],
    [["inspect"], "This command needs 1 argument: chart name"],
    [["inspect", "values", "a", "b"], "This command needs 1 argument: chart name"],
  ] as const
) {
  Deno.test(`helm ${argv.map((word) => word.replace(/.*_test\.ts/, "FILE")).join(" ")} is refused`, async () => {
    deepEqual(await asHelm(argv), { code: 1, stdout: "", stderr: `Error: ${message}\n` });
  });
}

Deno.test("inspect shows metadata, values and the readme, apart or together", () =>
  inFolder(CHART, async (folder) => {
    const web = join(folder, "web");
    const chart = "apiVersion: v1\nname: web\nversion: 1.0.0\n\n";
    equal((await program(["inspect", web])).stdout, `${chart}---\na: 1\n\n---\n# Web\n\n`);
    equal((await program(["inspect", "chart", web])).stdout, chart);
    equal((await program(["inspect", "values", web])).stdout, "a: 1\n\n");
    equal((await program(["inspect", "readme", web])).stdout, "# Web\n\n");
  }));
