import { deepEqual, equal, match } from "node:assert/strict";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { asHelm } from "../../tests/_lib/program.ts";

Deno.test("create makes a chart that passes lint, and installs, and whose test succeeds", () =>
  inFolder({}, async (folder) => {
    const web = join(folder, "web");
    deepEqual(await asHelm(["create", web]), { code: 0, stdout: `Creating ${web}\n`, stderr: "" });
    const lint = await asHelm(["lint", web, "--strict"]);
    equal(
      lint.stdout,
      `==> Linting ${web}\n[INFO] Chart.yaml: icon is recommended\n\n1 chart(s) linted, no failures\n`,
    );
    const sandbox = `--sandbox=${join(folder, "state")}`;
    const installed = await asHelm(["install", web, "--name", "web", "--wait", sandbox]);
    equal(installed.code, 0, installed.stderr);
    match(installed.stdout, /^STATUS: DEPLOYED$/m);
    match(installed.stdout, /^==> v1\/Deployment\nNAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +1\/1 /m);
    match(installed.stdout, /^NOTES:\n/m);
    equal((await asHelm(["test", "web", sandbox])).code, 0);
    const more = ["--set", "ingress.enabled=true,ingress.hosts[0].host=a.example.com,ingress.hosts[0].paths[0]=/"];
    const upgraded = await asHelm(["upgrade", "web", web, ...more, "--set", "service.type=NodePort", sandbox]);
    equal(upgraded.code, 0, upgraded.stderr);
  }));

Deno.test("create is used with a starter's name or path", () =>
  inFolder({
    "home/starters/ours/Chart.yaml": "name: ours\nversion: 9.9.9\n",
    "home/starters/ours/templates/a.yaml": "kind: <CHARTNAME>\n",
  }, async (folder) => {
    const variables = { HELM_HOME: join(folder, "home") };
    for (const [name, starter] of [["a", "ours"], ["b", join(folder, "home/starters/ours")]] as const) {
      const path = join(folder, name);
      deepEqual(await asHelm(["create", path, "-p", starter], { variables }), {
        code: 0,
        stdout: `Creating ${path}\n`,
        stderr: "",
      });
      equal(readFileSync(join(path, "templates/a.yaml"), "utf8"), `kind: ${name}\n`);
    }
    const none = await asHelm(["create", join(folder, "c"), "--starter", "none"], { variables });
    equal(none.code, 1);
    match(none.stderr, /^Error: could not load .*none: stat .*none: no such file or directory\n$/);
    deepEqual(readdirSync(folder).sort(), ["a", "b", "home"]);
  }));

for (
  const [argv, message] of [
    [["create"], "the name of the new chart is required"],
    [["create", "a", "b"], "command 'create' doesn't support multiple arguments"],
  ] as const
) {
  Deno.test(`helm ${argv.join(" ")} is refused`, async () => {
    deepEqual(await asHelm(argv), { code: 1, stdout: "", stderr: `Error: ${message}\n` });
  });
}

Deno.test("package gives the same bytes for the same files, wherever and whenever", () =>
  inFolder({}, async (folder) => {
    await asHelm(["create", join(folder, "web")]);
    cpSync(join(folder, "web"), join(folder, "copy/web"), { recursive: true });
    const pack = async (path: string, destination: string, variables = {}) => {
      await Deno.mkdir(join(folder, destination));
      const target = join(folder, destination);
      const { code, stdout, stderr } = await asHelm(["package", join(folder, path), "--save=false", "-d", target], {
        variables,
      });
      const archive = join(target, "web-0.1.0.tgz");
      deepEqual([code, stdout, stderr], [0, `Successfully packaged chart and saved it to: ${archive}\n`, ""]);
      return readFileSync(archive);
    };
    const first = await pack("web", "one");
    deepEqual(await pack("copy/web", "two"), first);
    equal((await pack("web", "three", { SOURCE_DATE_EPOCH: "1000000000" })).equals(first), false);
  }));
