import { deepEqual, equal, throws } from "node:assert/strict";
import type { Chart } from "../../model/mod.ts";
import { chartFromFiles } from "./load.ts";
import { checkRequirements, loadRequirements } from "./requirements.ts";

const chartWith = (requirements: string): Chart =>
  chartFromFiles({
    "Chart.yaml": "name: web\n",
    "requirements.yaml": requirements,
    "charts/db/Chart.yaml": "name: db\nversion: 1.0.0\n",
  });

Deno.test("loadRequirements() fills in what is absent", () => {
  deepEqual(loadRequirements(chartWith("dependencies:\n- name: db\n  version: 1\n"))?.dependencies, [{
    name: "db",
    version: "1",
    repository: "",
    condition: "",
    tags: [],
    enabled: false,
    importValues: [],
    alias: "",
  }]);
});

Deno.test("loadRequirements() tells no file, no key and an empty list apart", () => {
  equal(loadRequirements(chartWith("")), undefined);
  equal(loadRequirements(chartWith("# nothing"))?.dependencies, undefined);
  deepEqual(loadRequirements(chartWith("dependencies: []"))?.dependencies, []);
});

Deno.test("loadRequirements() refuses an empty entry", () => {
  throws(() => loadRequirements(chartWith("dependencies:\n-\n")), { kind: "chart" });
});

Deno.test("checkRequirements() names what is missing, whatever its version", () => {
  checkRequirements(chartWith("dependencies: [{name: db, version: 9}]"));
  throws(() => checkRequirements(chartWith("dependencies: [{name: a}, {name: db}, {name: b}]")), {
    kind: "chart",
    message: "found in requirements.yaml, but missing in charts/ directory: a, b",
  });
});

Deno.test("checkRequirements() says that a list cannot be read", () => {
  throws(() => checkRequirements(chartWith("dependencies: {}")), {
    kind: "yaml",
    message:
      /^cannot load requirements: error unmarshaling JSON: .* Requirements\.dependencies of type \[\]\*chartutil\.Dependency$/,
  });
});
