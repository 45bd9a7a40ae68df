import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Release } from "../../engine/model/mod.ts";
import { printTemplate } from "./go_template.ts";
import { memoryPrinter } from "./print.ts";
import { releaseData } from "./release_data.ts";

const RELEASE: Release = {
  name: "web",
  namespace: "shop",
  revision: 3,
  info: {
    status: { code: "DEPLOYED", resources: "", notes: 'say "hi"\n' },
    firstDeployed: { seconds: 10, nanos: 5 },
    description: "Install complete",
  },
  chart: {
    metadata: { name: "web", version: "1.0.0", keywords: ["a", "b"], annotations: { k: "v" } },
    templates: [{ path: "templates/x.yaml", data: new TextEncoder().encode("x") }],
    dependencies: [],
    files: [],
  },
  config: { raw: "{}\n" },
  manifest: "\n---\n",
  hooks: [{
    name: "h",
    kind: "Job",
    path: "web/templates/h.yaml",
    manifest: "kind: Job",
    events: ["pre-install", "test-success"],
    weight: -5,
    deletePolicies: ["before-hook-creation"],
    deleteTimeoutSeconds: 0,
  }],
};

async function execute(text: string): Promise<string> {
  const print = memoryPrinter();
  await printTemplate(text, releaseData(RELEASE), print);
  return print.stdout;
}

Deno.test("printTemplate() reads fields and methods of a release", async () => {
  equal(await execute("{{.Release.Name}}/{{.Release.Version}}/{{.Release.GetNamespace}}"), "web/3/shop");
  equal(await execute('{{.Release.Info.Status.Code}} {{printf "%d" .Release.Info.Status.Code}}'), "DEPLOYED 1");
  equal(await execute("{{.Release.Info.FirstDeployed.Seconds}}{{if .Release.Info.Deleted}}x{{end}}"), "10");
  equal(await execute("{{range .Release.Chart.Metadata.Keywords}}<{{.}}>{{end}}"), "<a><b>");
  equal(await execute('{{index .Release.Chart.Metadata.Annotations "k"}}'), "v");
  equal(
    await execute("{{range .Release.Hooks}}{{.Name}}{{.Events}}{{.Weight}}{{.DeletePolicies}}{{end}}"),
    "h[PRE_INSTALL RELEASE_TEST_SUCCESS]-5[BEFORE_HOOK_CREATION]",
  );
  equal(await execute('{{range .Release.Chart.Templates}}{{printf "%s" .Data}}{{end}}'), "x");
});

Deno.test("printTemplate() prints a message as its compact text", async () => {
  equal(
    await execute("{{.Release.Info}}"),
    'status:<code:DEPLOYED notes:"say \\"hi\\"\\n" > first_deployed:<seconds:10 nanos:5 > Description:"Install complete" ',
  );
});

Deno.test("printTemplate() fails in Go's words", async () => {
  const message = async (text: string) => {
    let said = "";
    await rejects(execute(text), (error: Error) => {
      said = error.message;
      return true;
    });
    return said;
  };
  deepEqual(
    [await message("{{.Release.Foo}}"), await message("{{"), await message("{{quote 1}}")],
    [
      'template: _:1:10: executing "_" at <.Release.Foo>: can\'t evaluate field Foo in type *release.Release',
      "template: _:1: unexpected unclosed action in command",
      'template: _:1: function "quote" not defined',
    ],
  );
});
