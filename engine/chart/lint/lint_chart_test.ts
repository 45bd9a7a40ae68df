import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { lintChart } from "./lint_chart.ts";
import { formatMessage, hasFailed } from "./linter.ts";

const CHART = {
  "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\nicon: https://example.com/i.png\n",
  "web/values.yaml": "a: 1\n",
  "web/templates/a.yaml": "a: 1\n",
};

/** Returns the findings about a chart in which these files replace those of a good chart. */
function lint(files: Record<string, string>, config = ""): Promise<string[]> {
  const all = Object.fromEntries(Object.entries({ ...CHART, ...files }).filter(([, text]) => text !== "-"));
  return inFolder(all, async (folder) => (await lintChart(join(folder, "web"), { config })).map(formatMessage));
}

const meta = (extra: string): Record<string, string> => ({ "web/Chart.yaml": `${CHART["web/Chart.yaml"]}${extra}\n` });

Deno.test("lintChart() finds nothing wrong with a good chart", async () => {
  deepEqual(await lint({}), []);
});

const cases: readonly (readonly [string, Record<string, string>, readonly string[]])[] = [
  ["a Chart.yaml that is not YAML, once", { "web/Chart.yaml": "a: b: c" }, [
    "[ERROR] Chart.yaml: unable to parse YAML\n\terror converting YAML to JSON: yaml: mapping values are not allowed in this context",
    "[ERROR] templates/: error converting YAML to JSON: yaml: mapping values are not allowed in this context",
  ]],
  ["versions that are none", meta("version: 1.x.0"), ["[ERROR] Chart.yaml: version '1.x.0' is not a valid SemVer"]],
  ["version 0.0.0-0", meta("version: 0.0.0-0"), [
    "[ERROR] Chart.yaml: version 0.0.0-0 is less than or equal to 0.0.0-0",
  ]],
  ["an engine that Helm does not know", meta("engine: Gotpl"), [
    "[ERROR] Chart.yaml: engine 'Gotpl' not valid. Valid options are [gotpl]",
  ]],
  [
    "files of a chart for Eta",
    { ...meta("engine: eta"), "web/templates/_names.eta": "", "web/templates/a.json": "{}" },
    [
      "[WARNING] templates/a.json: file extension '.json' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt",
    ],
  ],
  ["the first bad maintainer", meta("maintainers: [{name: a, email: x}, {}]"), [
    "[ERROR] Chart.yaml: invalid email 'x' for maintainer 'a'",
  ]],
  ["a source that is no URL", meta("sources: [http://x, nope]"), ["[ERROR] Chart.yaml: invalid source URL 'nope'"]],
  ["values that are no map", { "web/values.yaml": "- a" }, [
    "[ERROR] values.yaml: unable to parse YAML\n\terror unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type chartutil.Values",
  ]],
  ["missing values", { "web/values.yaml": "-" }, ["[INFO] values.yaml: file does not exist"]],
  ["a template that does not render", { "web/templates/a.yaml": "{{ .Values.x.y }}" }, [
    '[ERROR] templates/: render error in "web/templates/a.yaml": template: web/templates/a.yaml:1:10: executing "web/templates/a.yaml" at <.Values.x.y>: nil pointer evaluating interface {}.y',
  ]],
  ["extensions, and documents of .yaml files only", { "web/templates/b.json": "{", "web/templates/c.yml": "- x" }, [
    "[WARNING] templates/b.json: file extension '.json' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt",
  ]],
  ["a namespace that is a list", { "web/templates/a.yaml": "metadata: {namespace: [a]}" }, [
    "[ERROR] templates/a.yaml: unable to parse YAML\n\terror unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field .Metadata.Namespace of type string",
  ]],
  ["only the first document of a file", { "web/templates/a.yaml": "a: 1\n---\n- b\n" }, []],
];
for (const [what, files, want] of cases) {
  Deno.test(`lintChart() reports ${what}`, async () => deepEqual(await lint(files), want));
}

Deno.test("lintChart() renders with the user's values, where a null takes no default away", async () => {
  const files = { "web/templates/a.yaml": '{{ if eq (toJson .Values) `{"a":1,"b":2}` }}ok: 1{{ else }}- no{{ end }}' };
  deepEqual(await lint(files, "a: null\nb: 2\n"), []);
});

Deno.test("lintChart() does not process requirements", async () => {
  const list = "dependencies: [{name: gone, version: 1}]\n";
  deepEqual(await lint({ "web/requirements.yaml": list }), []);
});

Deno.test("hasFailed() counts warnings only when it is strict", () => {
  const warning = [{ severity: "WARNING", path: "a", text: "b" }] as const;
  equal(hasFailed(warning), false);
  equal(hasFailed(warning, true), true);
  equal(hasFailed([{ severity: "INFO", path: "a", text: "b" }], true), false);
});

/** A chart that imports a value from its subchart; the subchart has a required value. */
const WITH_SUBCHART = {
  "web/requirements.yaml": "dependencies: [{name: db, version: 1.0.0, condition: db.enabled, import-values: [out]}]\n",
  "web/values.yaml": "db: {enabled: true}\n",
  "web/templates/a.yaml": "port: {{ .Values.port.number }}\n",
  "web/charts/db/Chart.yaml": "name: db\nversion: 1.0.0\n",
  "web/charts/db/values.yaml": "exports: {out: {port: {number: 80}}}\n",
  "web/charts/db/templates/b.yaml": 'a: {{ required "needs a key" .Values.key }}\n',
};

Deno.test("lintChart() renders as an installation does when that is asked for", async () => {
  const asInstall = (config: string, more: Record<string, string> = {}) =>
    inFolder(
      { ...CHART, ...WITH_SUBCHART, ...more },
      async (folder) => (await lintChart(join(folder, "web"), { config, asInstall: true })).map(formatMessage),
    );
  // Helm 2 does not import values here.
  equal((await lint(WITH_SUBCHART, "db: {key: 1}")).length, 1);
  deepEqual(await asInstall("db: {key: 1}"), []);
  equal((await asInstall("")).length, 0, "lint does not insist on what `required` asks for");
  deepEqual(await asInstall("", { "web/charts/db/Chart.yaml": "name: other\nversion: 1.0.0\n" }), [
    "[ERROR] templates/: found in requirements.yaml, but missing in charts/ directory: db",
  ]);
});
