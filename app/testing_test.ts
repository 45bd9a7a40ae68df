import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../tests/_lib/folder.ts";
import { chartFromFiles, render, suite } from "../testing.ts";

const FILES = {
  "Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
  "values.yaml": "replicas: 2\n",
  "templates/deployment.yaml":
    "kind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  replicas: {{ .Values.replicas }}\n  ratio: 0.5\n",
  "templates/service.yaml": "kind: Service\nmetadata:\n  name: a\n---\nkind: Service\nmetadata:\n  name: b\n",
  "templates/NOTES.txt": "Hello\n",
};
const CHART = chartFromFiles(FILES);

suite("a suite in TypeScript", { of: CHART, set: { replicas: 4 }, release: { name: "shop" } }, {
  "asserts as a suite in YAML does": {
    template: "deployment.yaml",
    set: { replicas: 5 },
    asserts: [
      { equal: { path: "spec.replicas", value: 5 } },
      { equal: { path: "spec.ratio", value: 0.5 } },
      { equal: { path: "metadata.name", value: "db" }, not: true },
    ],
  },
  "calls functions with the chart": async (render) => {
    equal((await render()).document("Deployment", "shop")["kind"], "Deployment");
    deepEqual((await render({ set: { replicas: 7 } })).document("Deployment")["spec"], { replicas: 7, ratio: 0.5 });
  },
  "skips what has a reason": { skip: { reason: "later" }, asserts: [{ isKind: { of: "None" } }] },
});

Deno.test("render() gives files and documents by template", async () => {
  const { files, documents, document } = await render(CHART);
  deepEqual(Object.keys(files).sort(), ["templates/NOTES.txt", "templates/deployment.yaml", "templates/service.yaml"]);
  equal(documents().length, 3);
  deepEqual(documents("service.yaml").map((each) => (each["metadata"] as { name: string }).name), ["a", "b"]);
  await rejects(async () => await Promise.resolve(document("Service")), /renders 2 objects Service, not one/);
  await rejects(async () => await Promise.resolve(documents("none.yaml")), /template "none.yaml" was not rendered/);
});

Deno.test("render() throws the message of a template that fails", async () => {
  const chart = chartFromFiles({ ...FILES, "templates/x.yaml": '{{ fail "no luck" }}' });
  await rejects(render(chart), { message: "execution error at (web/templates/x.yaml:1:3): no luck" });
});

Deno.test("suite() makes `deno test` fail with the lines of the asserts, and keeps snapshots", async () => {
  const module = new URL("../testing.ts", import.meta.url).href;
  const test = `import { suite } from ${JSON.stringify(module)};
suite("web", { of: new URL("..", import.meta.url) }, {
  "is stored": { template: "deployment.yaml", asserts: [{ matchSnapshot: { path: "spec" } }] },
  "is wrong": { template: "deployment.yaml", asserts: [{ equal: { path: "spec.replicas", value: 3 } }] },
});\n`;
  await inFolder({ ...FILES, "tests/web_test.ts": test }, async (folder) => {
    const run = async (env: Record<string, string>) => {
      const config = new URL("../deno.json", import.meta.url).pathname;
      const args = ["test", "--no-check", "-R", "-W", "-E", "-S", "--config", config, join(folder, "tests")];
      const { code, stdout } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1", CI: "", ...env } })
        .output();
      return { code, text: new TextDecoder().decode(stdout) };
    };
    const missing = await run({ CI: "1" });
    match(missing.text, /is not stored, and --ci writes none/);
    const { code, text } = await run({});
    equal(code, 1);
    match(text, /asserts\[0\] `equal` fail/);
    match(text, /1 passed/);
    const stored = await Deno.readTextFile(join(folder, "tests/__snapshot__/web.ts.snap"));
    equal(stored, "is stored:\n  1: |\n    ratio: 0.5\n    replicas: 2\n");
  });
});
