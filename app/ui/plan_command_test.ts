import { equal } from "node:assert/strict";
import { planCommand, shellWord } from "./plan_command.ts";

Deno.test("planCommand() writes the command line of each operation", () => {
  const line = (request: Parameters<typeof planCommand>[0], flags = ""): string =>
    planCommand(request, "web", "skeg ", flags);
  equal(
    line({ operation: "upgrade", chart: "stable/web", version: "^1", set: ["a=b c"], reuseValues: true }, "--sandbox"),
    "skeg plan upgrade web stable/web --version '^1' --set 'a=b c' --reuse-values --sandbox",
  );
  equal(line({ operation: "upgrade", values: "a: 1" }), "skeg plan upgrade web CHART --values values.yaml");
  equal(line({ operation: "upgrade", archive: "…" }), "skeg plan upgrade web chart.tgz");
  equal(line({ operation: "rollback", revision: 3, noHooks: true }), "skeg plan rollback web 3 --no-hooks");
  equal(line({ operation: "delete", purge: true }), "skeg plan delete web --purge");
  equal(
    line({ operation: "install", chart: "./web", namespace: "shop", removedApis: "map" }),
    "skeg plan install ./web --name web --namespace shop --removed-apis map",
  );
});

Deno.test("shellWord() quotes what a shell would read as something else", () => {
  equal(shellWord("it's $HOME"), "'it'\\''s $HOME'");
  equal(shellWord("a=b,c"), "a=b,c");
});
