/**
 * Makes suites with cases of every assert: each parameter set as it stands, and once more with `not: true`.
 *
 *   deno run -R -W tools/make_assert_suites.ts
 *
 * The suites go to testdata/unittest/asserts/tests/. `record_assert_cases.ts` records what the real program says.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";

/** Folder of the chart with the suites. */
const CHART = "testdata/unittest/asserts";

type Params = Record<string, unknown> | null;

/** Parameter sets by name of the assert. Most lists begin with one that passes and one that fails. */
const CASES: Readonly<Record<string, readonly Params[]>> = {
  equal: [
    { path: "metadata.name", value: "web" },
    { path: "metadata.name", value: "db" },
    { path: "spec.replicas", value: 3 },
    { path: "spec.replicas", value: "3" },
    { path: "spec.ratio", value: 1.5 },
    { path: "spec.nothing", value: null },
    { path: "spec.none", value: 1 },
    { path: "metadata.labels", value: { "app.kubernetes.io/name": "web", tier: "front" } },
    { path: "spec.template.spec.containers[*].name", value: "web" },
    { path: "spec..containerPort", value: 80 },
    { path: 'metadata.labels["app.kubernetes.io/name"]', value: "web" },
    { path: "spec.template.spec.containers[?(@.name == 'side')].image", value: "busybox:1.36" },
    { path: "spec.template.spec.containers[?(@.name =~ /^we/)].image", value: "nginx:1.27" },
    { path: "data.key", value: "hello", decodeBase64: true },
    { path: "data.broken", value: "hello", decodeBase64: true },
    { path: "data.long", value: "first line\nsecond line\n" },
    { path: "metadata.[", value: 1 },
  ],
  equalRaw: [{ value: "Visit the shop at\n  http://web.example\nwith 3 replicas.\n" }, { value: "Visit" }],
  greaterOrEqual: [
    { path: "spec.replicas", value: 3 },
    { path: "spec.replicas", value: 4 },
    { path: "spec.ratio", value: 1.25 },
    { path: "spec.replicas", value: "3" },
    { path: "metadata.name", value: "a" },
    { path: "spec.paused", value: false },
    { path: "spec.none", value: 1 },
  ],
  lessOrEqual: [
    { path: "spec.replicas", value: 3 },
    { path: "spec.replicas", value: 2 },
    { path: "spec.ratio", value: 1.75 },
    { path: "metadata.name", value: "zzz" },
  ],
  exists: [{ path: "metadata.name" }, { path: "metadata.none" }, { path: "spec.nothing" }, { path: "a.[" }],
  isNullOrEmpty: [
    { path: "spec.note" },
    { path: "metadata.name" },
    { path: "spec.nothing" },
    { path: "spec.paused" },
    { path: "metadata.annotations" },
    { path: "spec.template.spec.volumes" },
    { path: "spec.none" },
  ],
  contains: [
    { path: "spec.template.spec.containers[0].ports", content: { containerPort: 80 } },
    { path: "spec.template.spec.containers[0].ports", content: { containerPort: 81 } },
    { path: "spec.template.spec.containers", content: { name: "web" } },
    { path: "spec.template.spec.containers", content: { name: "web" }, any: true },
    { path: "spec.template.spec.containers[0].ports", content: { containerPort: 80 }, count: 1 },
    { path: "spec.template.spec.containers[0].ports", content: { containerPort: 80 }, count: 2 },
    { path: "spec.template.spec.containers[0].ports", content: { containerPort: 81 }, count: 0 },
    { path: "spec.replicas", content: 1 },
    { path: "spec.none", content: 1 },
    { path: "spec..ports", content: { containerPort: 80 } },
  ],
  isSubset: [
    { path: "metadata.labels", content: { tier: "front" } },
    { path: "metadata.labels", content: { tier: "back" } },
    { path: "metadata.labels", content: { none: null } },
    { path: "metadata.name", content: { tier: "front" } },
    { path: "metadata.none", content: { tier: "front" } },
  ],
  isType: [
    { path: "metadata.name", type: "string" },
    { path: "metadata.name", type: "int" },
    { path: "spec.replicas", type: "int" },
    { path: "spec.ratio", type: "float64" },
    { path: "spec.paused", type: "bool" },
    { path: "spec.template.spec.containers", type: "[]interface {}" },
    { path: "metadata", type: "map[string]interface {}" },
    { path: "spec.none", type: "string" },
  ],
  isKind: [{ of: "Deployment" }, { of: "Service" }, { of: "Secret" }, { of: "Deployment" }],
  isAPIVersion: [{ of: "apps/v1" }, { of: "v1" }, { of: "v1" }, { of: "apps/v1" }],
  hasDocuments: [{ count: 2 }, { count: 1 }, { count: 1, filterAware: true }, { count: 2, filterAware: true }],
  containsDocument: [
    { kind: "Deployment", apiVersion: "apps/v1" },
    { kind: "Service", apiVersion: "v1" },
    { kind: "Deployment", apiVersion: "apps/v1", name: "web", namespace: "shop" },
    { kind: "Deployment", apiVersion: "apps/v1", name: "db" },
    { kind: "Secret", apiVersion: "v1", any: true },
  ],
  lengthEqual: [
    { path: "spec.template.spec.containers", count: 2 },
    { path: "spec.template.spec.containers", count: 3 },
    { path: "spec.template.spec.containers[*].ports", count: 2 },
    { path: "spec.none", count: 1 },
    { path: "metadata.name" },
    { paths: ["spec.template.spec.containers", "spec.template.spec.containers[0].ports"] },
    { paths: ["spec.template.spec.containers", "spec.template.spec.containers[1].ports"] },
    { paths: ["spec.template.spec.containers", "metadata.name"] },
    { path: "spec", paths: ["spec"], count: 1 },
  ],
  matchRegex: [
    { path: "metadata.name", pattern: "^w.b$" },
    { path: "metadata.name", pattern: "^b" },
    { path: "spec.replicas", pattern: "3" },
    { path: "spec.none", pattern: "x" },
    { path: "metadata.name", pattern: "(" },
    { path: "metadata.name" },
    { path: "data.key", pattern: "^hello$", decodeBase64: true },
  ],
  matchRegexRaw: [{ pattern: "http://.*example" }, { pattern: "^ftp" }, {}],
  matchSnapshot: [
    { path: "spec.template.spec" },
    {},
    { path: "metadata", matchRegex: { pattern: "name: web" } },
    { path: "metadata", matchRegex: { pattern: "name: db" } },
    { path: "metadata", notMatchRegex: { pattern: "name: web" } },
    { path: "spec.none" },
    { path: "metadata.name" },
    { path: "metadata.name" },
  ],
  matchSnapshotRaw: [{}, {}, { matchRegex: { pattern: "Visit" } }, { matchRegex: { pattern: "^shop" } }],
  failedTemplate: [
    { errorMessage: "no luck today" },
    { errorMessage: "no luck" },
    { errorPattern: "luck t.day" },
    { errorPattern: "^luck" },
    { errorPattern: "(luck" },
    {},
    { errorMessage: "a", errorPattern: "b" },
  ],
};

/** Names that mean the opposite of another, or the same. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  equal: ["notEqual"],
  equalRaw: ["notEqualRaw"],
  greaterOrEqual: ["notGreaterOrEqual"],
  lessOrEqual: ["notLessOrEqual"],
  exists: ["notExists", "isNull", "isNotNull"],
  isNullOrEmpty: ["isNotNullOrEmpty", "isEmpty", "isNotEmpty"],
  contains: ["notContains"],
  isSubset: ["isNotSubset"],
  isType: ["isNotType"],
  lengthEqual: ["notLengthEqual"],
  matchRegex: ["notMatchRegex"],
  matchRegexRaw: ["notMatchRegexRaw"],
  failedTemplate: ["notFailedTemplate"],
};

const RAW = /Raw$/;

function job(name: string, params: Params, number: number, not: boolean): Record<string, unknown> {
  const isSecret = JSON.stringify(params).includes('"data.');
  // Most cases look at one document; without an index, all documents count.
  const all = /^(?:hasDocuments|containsDocument|isKind|isAPIVersion)$/.test(name) && number % 2 === 1;
  return {
    it: `${name} ${number}${not ? " negated" : ""}`,
    template: RAW.test(name) ? "NOTES.txt" : "objects.yaml",
    ...RAW.test(name) || all ? {} : { documentIndex: isSecret ? 1 : 0 },
    ...name.endsWith("ailedTemplate") && number !== 6 ? { set: { fail: "no luck today" } } : {},
    asserts: [{ [name]: params, ...not ? { not: true } : {} }],
  };
}

function suiteOf(name: string, params: readonly Params[]): string {
  const tests = params.flatMap((each, at) => [job(name, each, at + 1, false), job(name, each, at + 1, true)]);
  const noDocuments = {
    it: `${name} without documents`,
    template: "empty.yaml",
    asserts: [{ [name]: params[0] }, { [name]: params[0], not: true }],
  };
  // JSON is YAML.
  return `${JSON.stringify({ suite: name, tests: [...tests, noDocuments] }, undefined, 2)}\n`;
}

const LISTED = Object.entries(CASES).flatMap(([name, params]) =>
  [name, ...OTHER_NAMES[name] ?? []].map((each) => [each, params] as const)
);

/** Stored snapshots: of the first job of a pair the stored text is equal, of the second it differs. */
const STORED: Readonly<Record<string, string>> = {
  matchSnapshot: "matchSnapshot 7:\n  1: |\n    web\nmatchSnapshot 8:\n  1: |\n    db\n",
  matchSnapshotRaw: "matchSnapshotRaw 2:\n  1: |\n    Another text.\n",
};
mkdirSync(`${CHART}/tests/__snapshot__`, { recursive: true });
for (const [name, text] of Object.entries(STORED)) {
  writeFileSync(`${CHART}/tests/__snapshot__/${name}_test.yaml.snap`, text);
}

for (const [name, params] of LISTED) writeFileSync(`${CHART}/tests/${name}_test.yaml`, suiteOf(name, params));

/** Selectors, positions and templates. */
const SELECTORS = {
  suite: "selectors",
  templates: ["objects.yaml", "empty.yaml"],
  tests: [
    { path: "kind", value: "Secret" },
    { path: "kind", value: "None" },
    { path: "metadata.namespace", value: "shop" },
    { path: "metadata.namespace", value: "shop", matchMany: true },
    { path: "kind", value: "Secret", skipEmptyTemplates: true },
    { path: "kind", value: "None", skipEmptyTemplates: true },
    { path: "metadata.namespace", matchMany: true, skipEmptyTemplates: true },
  ].flatMap((documentSelector, at) => [
    // Upstream looks at templates in random order: with two reasons to fail, the message would be random, too.
    ...at === 2 ? [] : [{
      it: `selector ${at} on all`,
      documentSelector,
      asserts: [{ equal: { path: "metadata.name", value: "web-key" } }],
    }],
    {
      it: `selector ${at} on one template`,
      template: "objects.yaml",
      documentSelector,
      asserts: [{ equal: { path: "metadata.name", value: "web-key" } }, {
        hasDocuments: { count: 1, filterAware: true },
      }],
    },
  ]),
};
const PLACES = {
  suite: "places",
  templates: ["objects.yaml"],
  tests: [
    { it: "index", asserts: [{ isKind: { of: "Secret" }, documentIndex: 1 }] },
    { it: "index out of range", asserts: [{ isKind: { of: "Secret" }, documentIndex: 2 }] },
    { it: "index of the job wins", documentIndex: 0, asserts: [{ isKind: { of: "Secret" }, documentIndex: 1 }] },
    { it: "unknown template", asserts: [{ isKind: { of: "Secret" }, template: "none.yaml" }] },
    { it: "template outside of the suite", template: "empty.yaml", asserts: [{ hasDocuments: { count: 0 } }] },
    { it: "second assert fails", asserts: [{ hasDocuments: { count: 2 } }, { hasDocuments: { count: 3 } }] },
    { it: "fails to render", set: { fail: "no" }, asserts: [{ hasDocuments: { count: 2 } }] },
    { it: "bad set", set: { "a[x]": 1 }, asserts: [{ hasDocuments: { count: 2 } }] },
    { it: "is skipped", skip: { reason: "later" }, asserts: [{ hasDocuments: { count: 2 } }] },
    { it: 'has <marks> & "quotes"', asserts: [{ equal: { path: "metadata.name", value: '<a> & "b"' } }] },
  ],
};
writeFileSync(`${CHART}/tests/selectors_test.yaml`, `${JSON.stringify(SELECTORS, undefined, 2)}\n`);
writeFileSync(`${CHART}/tests/places_test.yaml`, `${JSON.stringify(PLACES, undefined, 2)}\n`);
