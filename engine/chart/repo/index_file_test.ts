import { deepEqual, equal, throws } from "node:assert/strict";
import {
  decodeIndex,
  emptyIndex,
  encodeIndex,
  findVersion,
  hasVersion,
  mergeIndex,
  sortVersions,
  toChartVersion,
} from "./index_file.ts";

const INDEX = `apiVersion: v1
entries:
  web:
  - name: web
    version: 1.2.0
    appVersion: "1.10"
    created: 2020-01-01T00:00:00.500Z
    digest: 007
    deprecated: true
    keywords: [a, b]
    unknown: {x: y}
    urls: [web-1.2.0.tgz]
  - {name: web, version: 1.10.0, urls: []}
  - {name: web, version: odd}
  - {name: web, version: 2.0.0-rc.1}
  empty: []
generated: "2020-01-01T00:00:00Z"
serverInfo: {a: 1}
publicKeys: [k]
`;

/** Returns an index with these versions of one chart. */
const withVersions = (...versions: string[]) =>
  decodeIndex(
    JSON.stringify({ apiVersion: "v1", entries: { web: versions.map((version) => ({ name: "web", version })) } }),
  );

Deno.test("decodeIndex() reads entries, the highest version first, and forgets what means nothing", () => {
  const index = decodeIndex(INDEX);
  deepEqual(index.names(), ["empty", "web"]);
  deepEqual(index.versions("web")?.map(({ version }) => version), ["2.0.0-rc.1", "1.10.0", "1.2.0", "odd"]);
  deepEqual(index.versions("web")?.[2], {
    name: "web",
    version: "1.2.0",
    appVersion: "1.10",
    created: "2020-01-01T00:00:00.5Z",
    digest: "7",
    deprecated: true,
    keywords: ["a", "b"],
    urls: ["web-1.2.0.tgz"],
  });
  equal(index.versions("nope"), undefined);
  equal(index.generated, "2020-01-01T00:00:00Z");
  deepEqual(index.publicKeys, ["k"]);
});

Deno.test("decodeIndex() refuses with Helm's words what is no index", () => {
  const errors = "yaml: unmarshal errors:\n  line ";
  const cases: readonly (readonly [string, string])[] = [
    ["", "no API version specified"],
    ["entries: {}\n", "no API version specified"],
    [
      "apiVersion: v1\nfoo: 1\nbar: 2\n",
      `${errors}2: field foo not found in type repo.IndexValidation\n  line 3: field bar not found in type repo.IndexValidation`,
    ],
    ["- a\n", `${errors}1: cannot unmarshal !!seq into repo.IndexValidation`],
    ["text\n", `${errors}1: cannot unmarshal !!str \`text\` into repo.IndexValidation`],
    [
      "<html><body>hello</body></html>\n",
      `${errors}1: cannot unmarshal !!str \`<html><...\` into repo.IndexValidation`,
    ],
    ["apiVersion: v1\nentries: []\n", `${errors}2: cannot unmarshal !!seq into map[string]interface {}`],
    ["apiVersion: v1\nentries:\n- a\n", `${errors}3: cannot unmarshal !!seq into map[string]interface {}`],
    [
      "apiVersion: v1\nentries: {}\nentries: {}\n",
      `${errors}3: field entries already set in type repo.IndexValidation`,
    ],
    ["apiVersion: v1\nentries:\n  a: []\n  a: []\n", `${errors}4: key "a" already set in map`],
    ["apiVersion: v1\nentries:\n  a:\n  - name: a\n    name: b\n", `${errors}5: key "name" already set in map`],
  ];
  for (const [text, message] of cases) throws(() => decodeIndex(text), { message }, text);
});

Deno.test("findVersion() prefers the very text, then the highest version in the range", () => {
  const index = withVersions("1.2.0", "1.10.0", "v1.10", "2.0.0-rc.1", "0.9.0");
  const find = (range: string) => findVersion(index, "web", range).version;
  equal(find(""), "1.10.0");
  equal(find("^1.0.0"), "1.10.0");
  equal(find("v1.10"), "v1.10");
  equal(find("2.0.0-rc.1"), "2.0.0-rc.1");
  equal(find("<1"), "1.10.0"); // Helm 2 reads `<1` as `<1.x`
  throws(() => find("x y"), { kind: "semver", message: "improper constraint: x y" });
  throws(() => find("3"), { kind: "not-found", message: "No chart version found for web-3" });
  throws(() => findVersion(index, "nope", ""), { message: "no chart name found" });
  throws(() => findVersion(decodeIndex(INDEX), "empty", ""), { message: "no chart version found" });
});

Deno.test("encodeIndex() writes sorted keys and leaves out what is empty", () => {
  equal(
    encodeIndex(withVersions("1.0.0")),
    `apiVersion: v1
entries:
  web:
  - created: "0001-01-01T00:00:00Z"
    name: web
    urls: null
    version: 1.0.0
generated: "0001-01-01T00:00:00Z"
`,
  );
  const index = decodeIndex(INDEX);
  equal(encodeIndex(decodeIndex(encodeIndex(index))), encodeIndex(index));
  deepEqual(emptyIndex().names(), []);
});

Deno.test("toChartVersion() keeps what Chart.yaml says, without what is empty or unknown", () => {
  deepEqual(
    toChartVersion({
      name: "web",
      version: "1.0.0",
      description: "",
      keywords: [],
      maintainers: [{ name: "Ann", email: "" }],
      unknown: { x: 1 },
    } as never, { urls: [], digest: "d" }),
    { name: "web", version: "1.0.0", maintainers: [{ name: "Ann" }], urls: [], digest: "d" },
  );
});

Deno.test("mergeIndex() adds the versions that are not there, looking them up as ranges", () => {
  const index = withVersions("1.0.0");
  mergeIndex(index, withVersions("1.0.0", "2.0.0"));
  deepEqual(index.versions("web")?.map(({ version }) => version), ["1.0.0", "2.0.0"]);
  equal(hasVersion(index, "web", ">1"), true);
  equal(hasVersion(index, "web", "x y"), false);
});

Deno.test("sortVersions() puts what is no version last", () => {
  deepEqual(
    sortVersions([{ name: "a" }, { name: "a", version: "x" }, { name: "a", version: "1" }, { name: "a", version: "2" }])
      .map(({ version }) => version),
    ["2", "1", undefined, "x"],
  );
});
