import { deepEqual, equal } from "node:assert/strict";
import { program } from "../../tests/_lib/program.ts";
import { nameOfExecutable, programName, underName } from "./program_name.ts";

Deno.test("programName() is helm when SKEG_NAME says so, else skeg", () => {
  deepEqual(["helm", "", "../x", undefined].map((name) => programName(() => name)), ["helm", "skeg", "skeg", "skeg"]);
});

Deno.test("nameOfExecutable() knows helm by the last part of the path", () => {
  const names = ["/usr/bin/helm", "helm", "C:\\bin\\Helm.EXE", "/opt/helm/skeg", "deno", "./helm3"];
  deepEqual(names.map(nameOfExecutable), ["helm", "helm", "helm", "skeg", "skeg", "skeg"]);
});

Deno.test("underName() renames command lines, and nothing else", () => {
  equal(
    underName("helm install x, 'helm list', Helm 2, $HELM_HOME, ~/.helm and a helm chart of helm/charts.", "skeg"),
    "skeg install x, 'skeg list', Helm 2, $HELM_HOME, ~/.helm and a skeg chart of helm/charts.",
  );
});

Deno.test("help, usage and errors go by the name that the program was started with", async () => {
  const own = await program(["install", "--help"], { own: true });
  equal(/\bhelm /.test(own.stdout), false, own.stdout);
  const helm = await program(["install", "--help"]);
  equal(/\bskeg /.test(helm.stdout), false, helm.stdout);
  deepEqual(await program(["bogus"], { own: true }), {
    code: 1,
    stdout: "",
    stderr: 'Error: unknown command "bogus" for "skeg"\nRun \'skeg --help\' for usage.\n',
  });
});

Deno.test("--version prints skeg's own version, and is unknown under Helm's name", async () => {
  const own = await program(["--version"], { own: true });
  deepEqual([own.code, /^skeg \d+\.\d+\.\d+\n$/.test(own.stdout), own.stderr], [0, true, ""]);
  const helm = await program(["--version"]);
  deepEqual([helm.code, helm.stdout, helm.stderr.split("\n")[0]], [1, "", "Error: unknown flag: --version"]);
});
