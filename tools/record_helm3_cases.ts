/**
 * Records what a real Helm 3 renders from small charts, one or more for each point in which it differs from Helm 2.
 *
 * ```sh
 * deno run -A tools/record_helm3_cases.ts HELM3
 * ```
 *
 * @module
 */
import { chartArchive } from "../engine/chart/package/mod.ts";
import { chartFromFiles } from "../engine/chart/load/mod.ts";
import { FAILURES, LANGUAGE_TEXTS, LANGUAGE_VALUES, VALUES_OF } from "./_helm3_template_cases.ts";

const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

/** A chart and the values it is rendered with. */
interface Input {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly config?: string;
}

const HEAD = "name: web\nversion: 1.2.3\n";

/** A chart with one template. */
function one(name: string, template: string, more: Readonly<Record<string, string>> = {}, config?: string): Input {
  const files = { "Chart.yaml": `apiVersion: v1\n${HEAD}`, "templates/a.yaml": template, ...more };
  return { name, files, ...config === undefined ? {} : { config } };
}

/** A chart whose template prints one expression per line. */
function lines(name: string, expressions: readonly string[], config?: string): Input {
  return one(name, expressions.map((text, at) => `l${at}: {{ ${text} | toJson }}`).join("\n"), {}, config);
}

const SUBCHART = (
  name: string,
  values: string,
  template = "sub: {{ .Values | toJson }}\n",
): Record<string, string> => ({
  [`charts/${name}/Chart.yaml`]: `apiVersion: v1\nname: ${name}\nversion: 0.1.0\n`,
  [`charts/${name}/values.yaml`]: values,
  [`charts/${name}/templates/s.yaml`]: template,
});

const OBJECT = (kind: string, name: string, annotations = ""): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${
    annotations === "" ? "" : `  annotations:\n    ${annotations}\n`
  }`;

const INPUTS: readonly Input[] = [
  lines("release", [
    ".Release.Service",
    ".Release.Name",
    ".Release.Namespace",
    ".Release.IsUpgrade",
    ".Release.IsInstall",
  ]),
  one("release-time", "t: {{ .Release.Time }}\n"),
  one("release-time-seconds", "t: {{ .Release.Time.Seconds }}\n"),
  one("tiller-version", "t: {{ .Capabilities.TillerVersion.SemVer }}\n"),
  lines("kube-version", [
    ".Capabilities.KubeVersion.Version",
    ".Capabilities.KubeVersion.Major",
    ".Capabilities.KubeVersion.Minor",
    ".Capabilities.KubeVersion.GitVersion",
    "(printf `%s` .Capabilities.KubeVersion.String)",
    "(.Capabilities.APIVersions.Has `apps/v1`)",
    "(.Capabilities.APIVersions.Has `no/v1`)",
    "(has `v1` .Capabilities.APIVersions)",
  ]),
  one("kube-version-text", "a: {{ .Capabilities.KubeVersion }}\n"),
  one("kube-version-build-date", "t: {{ .Capabilities.KubeVersion.BuildDate }}\n"),
  lines("chart", [
    ".Chart.Name",
    ".Chart.Version",
    ".Chart.APIVersion",
    ".Chart.IsRoot",
    ".Template.Name",
    ".Template.BasePath",
  ]),
  one("chart-api-version", "t: {{ .Chart.ApiVersion }}\n"),
  one("chart-engine", "t: {{ .Chart.Engine }}\n"),
  one("chart-tiller-version", "t: {{ .Chart.TillerVersion }}\n"),
  one("maintainer-url", "{{ range .Chart.Maintainers }}t: {{ .URL }} {{ .Name }}{{ end }}\n", {
    "Chart.yaml": `apiVersion: v1\n${HEAD}maintainers: [{name: ann, url: https://a.example}]\n`,
  }),
  one("maintainer-old-url", "{{ range .Chart.Maintainers }}t: {{ .Url }}{{ end }}\n", {
    "Chart.yaml": `apiVersion: v1\n${HEAD}maintainers: [{name: ann, url: https://a.example}]\n`,
  }),
  one(
    "to-yaml",
    "a: |\n{{ toYaml .Values | indent 2 }}\nsum: {{ toYaml .Values | sha256sum }}\nb: {{ toYaml .Values.none }}.\n",
    {
      "values.yaml": "x: {y: [1, 2.5, yes, '1e3']}\n",
    },
  ),
  one("long-lines", "a:\n{{ toYaml .Values | indent 2 }}\n", {
    "values.yaml": `x: ${"word ".repeat(40)}\ny: "a: ${"b ".repeat(60)}"\nz: "${"line\\n".repeat(3)}"\n`,
  }),
  one("odd-texts", "a:\n{{ toYaml .Values | indent 2 }}\n", {
    "values.yaml":
      `a: "on"\nb: "0o7"\nc: "1_000"\nd: "012"\ne: "1:30"\nf: "2001-01-01"\ng: "~"\nh: "="\ni: "<<"\nj: " x"\nk: "#"\nl: "0x1F"\nm: "1e3"\nn: ".5"\no: "null"\np: "- a"\nq: "a: b"\nr: 1e6\ns: 123456789012\nt: 0.1\nu: "é"\nv: "\\t"\nw: "y"\n`,
  }),
  lines("semver", [
    "semverCompare `>=1.14-0` .Capabilities.KubeVersion.GitVersion",
    "semverCompare `>=1.14` `1.16.3-gke.1`",
    "semverCompare `>=1.14-0` `1.16.3-gke.1`",
    "semverCompare `>=1.14-0 <1.20` `1.16.3-gke.1`",
    "semverCompare `>=1.14.0-0, <1.20` `v1.16.3-gke.1`",
    "semverCompare `^1` `1.9.0`",
    "semverCompare `~1.2` `1.3.0`",
    "semverCompare `<1.2 || >=1.4` `1.4.0`",
    "semverCompare `1.2 - 1.4` `1.4.9`",
    "semverCompare `!=1.2.x` `1.2.3`",
    "semverCompare `*` `1.2.3-rc1`",
    "(semver `1.2.3`).Minor",
  ]),
  one(
    "and-or",
    "a: {{ and .Values.x .Values.x.y.z }}\nb: {{ or true (fail `never`) }}\nc: {{ .Values.one | or 0 }}\nd: {{ and 1 0 (fail `never`) }}\ne: {{ or 0 `` }}.\n",
    {
      "values.yaml": "one: 1\n",
    },
  ),
  lines("equality", [
    "eq .Values.none nil",
    "eq .Values.none 1",
    "ne .Values.none `a`",
    "eq 1 2 1",
    "eq .Values.list nil",
  ], "list: []\n"),
  one("equality-kinds", "a: {{ eq 1 `1` }}\n"),
  lines("lookup", [
    "lookup `v1` `Secret` `x` `y`",
    "getHostByName `nowhere.example`",
    "(lookup `v1` `Secret` `x` ``).items",
  ]),
  lines("numbers", [
    "int `0644`",
    "int `0x1F`",
    "int `12.0`",
    "int `12.5`",
    "int64 1.9",
    "int true",
    "add `010` 1",
    "float64 `1.5`",
    "atoi `010`",
    "addf 0.1 0.2",
    "subf 1 0.9",
    "mulf 1.1 1.1",
    "divf 1 3",
    "add1f 1.5",
    "maxf 1 2.5",
    "minf 1 2.5",
    "round 1.255 2",
    "seq 3",
    "seq 1 2 7",
    "seq 5 1",
    "seq 0 2",
    "until 3",
    "toDecimal `0777`",
    "max 1 5 3",
    "mul 2 3 4",
    "ceil 1.1",
    "floor 1.9",
  ]),
  lines("texts", [
    "trunc -3 `abcdef`",
    "trunc 3 `abcdef`",
    "trunc -9 `abc`",
    "camelcase `some-words_here now`",
    "camelcase `HTTPServer`",
    "snakecase `FirstName`",
    "kebabcase `FirstName`",
    "duration 90",
    "duration `3661`",
    "durationRound `2h10m5s`",
    "sha512sum `a`",
    "regexQuoteMeta `a.b*c`",
    "osBase `/a/b`",
    "osDir `/a/b`",
    "osExt `a.b`",
    "osIsAbs `/a`",
    "osClean `a//b`",
    "splitList `,` `a,b`",
    "trimAll `x` `xax`",
    "title `some words`",
    "substr 0 3 `hello`",
    "nospace `a b`",
    "wrap 5 `hello you`",
  ]),
  lines("lists", [
    "dig `b` `none` .Values.a",
    "dig `x` `none` .Values.a",
    "get .Values `s`",
    "get .Values `none`",
    "chunk 2 (list 1 2 3)",
    "all 1 2",
    "all 1 0",
    "any 0 1",
    "any 0 ``",
    "concat (list 1) (list 2)",
    "mustFirst (list 1 2)",
    "mustToJson .Values.a",
    "toRawJson `<a>`",
    "mustRegexMatch `^a` `abc`",
    "fromJsonArray `[1]`",
    "fromYamlArray `- 1`",
    "fromJsonArray `{}`",
    "merge (dict `a` 1) (dict `a` 2 `b` 3)",
    "mergeOverwrite (dict `a` 1) (dict `a` 2)",
    "hello",
    "mustHas 1 (list 1)",
    "compact (list 1 0)",
    "uniq (list 1 1)",
    "without (list 1 2) 1",
    "pick .Values.a `b`",
    "fromYaml `a: [`",
    "fromJson `{`",
  ], "a: {b: c}\ns: text\n"),
  one("to-yaml-pretty", "a:\n{{ toYamlPretty .Values.a | indent 2 }}\n", {
    "values.yaml": "a: {b: [1, x], c: {d: e}}\n",
  }),
  one("dig-values", "a: {{ dig `a` `b` `none` .Values }}\n"),
  one("order-of-kinds", "a: {{ lt 1 `1` }}\n"),
  one("required", "a: {{ required `give it 100%` .Values.none }}\n"),
  one("fail", "a: {{ fail `no way` }}\n"),
  one("unknown-function", "a: {{ nosuch 1 }}\n"),
  one("nil-pointer", "a: {{ .Values.a.b.c }}\n"),
  one(
    "tpl",
    `{{ define "outer" }}outer {{ . }}{{ end }}a: {{ tpl "{{ define \\"inner\\" }}in {{ . }}{{ end }}{{ include \\"inner\\" 1 }} {{ include \\"outer\\" 2 }}" . }}\nb: {{ tpl "{{ . }}" "text" }}\nc: {{ tpl "{{ tpl \\"{{ .x }}\\" . }}" (dict "x" 5) }}\n`,
  ),
  one(
    "tpl-own-first",
    `{{ define "same" }}outer{{ end }}a: {{ tpl "{{ define \\"same\\" }}inner{{ end }}{{ include \\"same\\" . }}" . }}\nb: {{ include "same" . }}\n`,
  ),
  one("tpl-error", "a: {{ tpl `{{ .x.y.z }}` (dict `x` (dict)) }}\n"),
  one("tpl-parse-error", "a: {{ tpl `{{ nosuch }}` . }}\n"),
  one(
    "files",
    "a: {{ .Files.Get `a.txt` | toJson }}\nb: {{ .Files.Lines `a.txt` | toJson }}\nc:\n{{ (.Files.Glob `*.txt`).AsConfig | indent 2 }}.\nd: {{ (.Files.Glob `*.txt`).AsSecrets }}.\ne: {{ .Files.Get `values.schema.json` }}.\nf: {{ .Files.Get `none` }}.\n",
    {
      "a.txt": "one\ntwo\n",
      "values.schema.json": "{}",
    },
  ),
  one(
    "crd-install-hook",
    OBJECT("ConfigMap", "crd", "helm.sh/hook: crd-install") + "---\n" + OBJECT("ConfigMap", "kept"),
  ),
  one(
    "test-hooks",
    [
      OBJECT("Pod", "ok", "helm.sh/hook: test-success"),
      OBJECT("Pod", "bad", "helm.sh/hook: test-failure"),
      OBJECT("Pod", "new", "helm.sh/hook: test"),
      OBJECT("Pod", "unknown", "helm.sh/hook: pre-install,whenever"),
      OBJECT("Pod", "pre", 'helm.sh/hook: "pre-upgrade, Post-Upgrade"\n    helm.sh/hook-weight: "-5"'),
    ].join("---\n"),
  ),
  one("crds-folder", OBJECT("ConfigMap", "a"), { "crds/c.yaml": OBJECT("CustomResourceDefinition", "c") }),
  one(
    "order",
    [
      "Ingress",
      "Secret",
      "ServiceAccount",
      "PriorityClass",
      "Deployment",
      "Zebra",
      "ConfigMap",
      "Alpaca",
      "IngressClass",
    ]
      .map((kind) => OBJECT(kind, kind.toLowerCase())).join("---\n"),
  ),
  one("empty", "{{ if false }}a: 1{{ end }}\n"),
  one("nulls", "a: {{ .Values | toJson }}\n", {
    "values.yaml": "keep: 1\ngone: 2\ntable: {gone: 1, keep: 2, deep: {gone: 1, keep: 2}}\nowner: null\n",
  }, "gone: null\ntable: {gone: null, deep: {gone: null, new: null}}\nnew: null\n"),
  one("nulls-in-subchart", "a: {{ .Values | toJson }}\n", {
    "values.yaml": "db: {b: null, e: {g: null}}\n",
    ...SUBCHART("db", "a: 1\nb: 2\nc: 3\ne: {f: 1, g: 2}\n"),
  }, "db: {a: null, e: {f: null}}\n"),
  one("globals", "a: {{ .Values | toJson }}\n", {
    "values.yaml": "global: {x: 1, t: {a: 1}}\ndb: {global: {x: 2, t: {a: 2, b: 3}}}\n",
    ...SUBCHART("db", "global: {y: 5, t: {c: 9}}\nown: 1\n"),
  }, "global: {t: {d: 4}}\n"),
  one(
    "subcharts",
    "a: {{ .Subcharts.db.Chart.Name }} {{ .Subcharts.db.Values.own }}\n",
    SUBCHART("db", "own: 1\n", "n: {{ .Chart.IsRoot }} {{ .Template.Name }}\n"),
  ),
  one("schema", "a: 1\n", {
    "values.yaml": "replicas: many\n",
    "values.schema.json":
      `{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"replicas": {"type": "integer"}}}`,
  }),
  one("schema-passes", "a: {{ .Values.replicas }}\n", {
    "values.yaml": "replicas: 2\n",
    "values.schema.json": `{"properties": {"replicas": {"type": "integer"}}}`,
  }),
  one("no-api-version", "a: {{ .Chart.APIVersion }}\n", { "Chart.yaml": HEAD }),
  one("no-version", "a: 1\n", { "Chart.yaml": "apiVersion: v1\nname: web\n" }),
  one("kube-version-range", "a: 1\n", { "Chart.yaml": `apiVersion: v1\n${HEAD}kubeVersion: "<1.20"\n` }),
  one("requirements", "a: {{ .Values | toJson }}\nb: {{ range .Chart.Dependencies }}{{ .Name }} {{ end }}\n", {
    "requirements.yaml": "dependencies:\n" +
      "- {name: db, version: 0.x.x, repository: 'http://x.example', condition: db.enabled, import-values: [out]}\n" +
      "- {name: mq, version: 0.1.0, repository: '', tags: [queue]}\n" +
      "- {name: lib, version: ~0.1, repository: '', import-values: [{child: in.a, parent: from.lib}]}\n",
    "values.yaml": "db: {enabled: true}\ntags: {queue: false}\nport: 1\n",
    ...SUBCHART("db", "exports: {out: {port: 5, host: h}}\nown: 1\n"),
    ...SUBCHART("mq", "own: 2\n"),
    ...SUBCHART("lib", "in: {a: {b: 7}}\n"),
  }),
  one("bad-yaml", "a: [\n"),
  ...Object.entries(LANGUAGE_TEXTS).map(([name, text]) => one(name, text, { "values.yaml": LANGUAGE_VALUES })),
  ...Object.entries(VALUES_OF).map(([name, expressions]) => lines(name, expressions)),
  ...FAILURES.map((text) => one(`fails: ${text}`, `a: {{ ${text} }}\n`)),
];

/** Kubernetes as the answers have it. */
const FACTS = { kubeVersion: "1.30.2", apiVersions: ["apps/v1/Deployment", "example.com/v1"] };

async function answer(helm: string, input: Input): Promise<{ output?: string; error?: string }> {
  const folder = await Deno.makeTempDir();
  try {
    const chart = chartFromFiles(input.files);
    await Deno.writeFile(`${folder}/chart.tgz`, chartArchive(chart));
    await Deno.writeTextFile(`${folder}/values.yaml`, input.config ?? "");
    const { success, stdout, stderr } = await new Deno.Command(helm, {
      args: [
        ...["template", "rel", `${folder}/chart.tgz`, "-n", "space", "--is-upgrade", "-f", `${folder}/values.yaml`],
        ...["--kube-version", FACTS.kubeVersion, ...FACTS.apiVersions.flatMap((one) => ["-a", one])],
      ],
      env: { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder },
    }).output();
    const decoder = new TextDecoder();
    if (success) return { output: decoder.decode(stdout) };
    const [, error = ""] = /(?:^|\n)Error: ([\s\S]*)$/.exec(decoder.decode(stderr)) ?? [];
    return { error: error.replace(/\n\nUse --debug flag[\s\S]*$/, "").trim() };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const [helm] = Deno.args;
  if (helm === undefined) {
    say("usage: deno run -A tools/record_helm3_cases.ts HELM3");
    Deno.exit(2);
  }
  const { stdout } = await new Deno.Command(helm, { args: ["version", "--short"] }).output();
  const cases = [];
  for (const input of INPUTS) cases.push({ ...input, ...await answer(helm, input) });
  // The API versions that the program knows without a cluster.
  const probe = one("probe", "v: {{ .Capabilities.APIVersions | toJson }}\n");
  const known = JSON.parse(/v: (\[.*\])/.exec((await answer(helm, probe)).output ?? "")?.[1] ?? "[]");
  const recorded = {
    helm: new TextDecoder().decode(stdout).trim(),
    kubeVersion: FACTS.kubeVersion,
    apiVersions: known,
    cases,
  };
  await Deno.writeTextFile("testdata/helm3/dialect.json", `${JSON.stringify(recorded, undefined, 1)}\n`);
  say(`${cases.length} cases, ${cases.filter(({ error }) => error !== undefined).length} of them failures`);
}
