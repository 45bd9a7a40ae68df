/**
 * Go templates from a stranger: they compute, and reach nothing.
 *
 * Each probe is a template that tries to get at what is not its own: variables
 * of the environment, files, the network, the runtime's objects, or the stack
 * and the memory of the program. It must end in text that shows none of that,
 * or in an error with words.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { chartFromFiles, renderChart } from "../../mod.ts";
import { withServer } from "../_lib/chart_server.ts";
import { inFolder } from "../_lib/folder.ts";
import { wrongError } from "../_lib/fuzz.ts";

/** Stands in a variable, in a file beside the chart, and on a server. */
const CANARY = "HUNTER2";

/** The result of a template: its text, or the message of its error. */
interface Outcome {
  readonly text: string;
  readonly error: string;
}

const VALUES = {
  text: "abc",
  number: 7,
  list: [1, "b", { c: 1 }],
  map: { a: { b: 1 } },
  nothing: null,
};

async function render(template: string): Promise<Outcome> {
  const chart = chartFromFiles({
    "Chart.yaml": "apiVersion: v1\nname: c\nversion: 1.0.0\n",
    "files/a.txt": "a",
    "templates/_p.tpl":
      '{{ define "self" }}{{ include "self" . }}{{ end }}{{ define "a" }}{{ template "b" . }}{{ end }}' +
      '{{ define "b" }}{{ template "a" . }}{{ end }}{{ define "tpl" }}{{ tpl "{{ include \\"tpl\\" . }}" . }}{{ end }}',
    "templates/a.yaml": template,
  });
  try {
    return { text: (await renderChart(chart, { values: VALUES }))["c/templates/a.yaml"] ?? "", error: "" };
  } catch (error) {
    // Helm's words name every level of an include, and quote the line that cannot be parsed.
    equal(wrongError(error, 500_000), undefined, template);
    return { text: "", error: (error as Error).message };
  }
}

/** Fails when a probe got anything. */
function checkHeld(template: string, { text, error }: Outcome): void {
  const shown = text + error.replaceAll(template, "");
  ok(!shown.includes(CANARY), template);
  for (
    const trace of [
      /native code/,
      /\[object /,
      /\) => /,
      /\bclass [A-Z]/,
      /Symbol\(/,
      /\bext:/,
      /\bnode:/,
      /\bfile:\/\//,
    ]
  ) {
    ok(!trace.test(text), `${template}: ${text.slice(0, 200)}`);
  }
  for (const key in {}) throw new Error(`${template} gave every object the property ${key}`);
}

/** Names of JavaScript and its runtimes, of Go's packages, and of functions that Helm takes out of sprig. */
const NAMES = [
  ..."env expandenv eval Function require import process Deno globalThis global window self fetch console module exports"
    .split(" "),
  ..."setTimeout queueMicrotask WebAssembly Proxy Reflect Symbol Buffer Worker XMLHttpRequest WebSocket Object Array"
    .split(" "),
  ..."String Promise JSON Math arguments callee super exec system shell open read readFile readDir writeFile file fs os"
    .split(" "),
  ..."hostname user whoami cwd pwd glob stat curl http httpGet lookup getenv setenv toString valueOf constructor".split(
    " ",
  ),
  ..."hasOwnProperty isPrototypeOf __proto__ __defineGetter__ __lookupGetter__ prototype then toJSON".split(" "),
];

/** Names that every object, function, list or text of JavaScript answers to. */
const PROPERTIES =
  "constructor __proto__ prototype toString valueOf hasOwnProperty length name then caller arguments call bind apply push join at"
    .split(" ");

/** The objects on which these names are tried. */
const RECEIVERS = [
  ".",
  "$",
  ".Values",
  ".Values.map",
  ".Values.list",
  ".Values.text",
  ".Values.number",
  ".Values.nothing",
  ".Release",
  ".Chart",
  ".Files",
  ".Capabilities",
  ".Capabilities.APIVersions",
  ".Template",
  "(dict)",
  '(list "a")',
  '(printf "x")',
  "(now)",
  "(int64 1)",
  '(toBytes "x")',
];

/** Readers of keys. */
const READERS = [
  (name: string) => `{{ index .Values.map "${name}" }}`,
  (name: string) => `{{ index .Values "${name}" "${name}" }}`,
  (name: string) => `{{ pluck "${name}" .Values.map (dict) }}`,
  (name: string) => `{{ pick .Values.map "${name}" | toJson }}`,
  (name: string) => `{{ omit .Values.map "${name}" | toJson }}`,
  (name: string) => `{{ hasKey .Values.map "${name}" }}`,
  (name: string) => `{{ $d := dict "${name}" (dict "polluted" "1") }}{{ $e := merge (dict) $d }}{{ (dict).polluted }}`,
  (name: string) =>
    `{{ $_ := set .Values.map "${name}" (dict "polluted" 1) }}{{ (dict).polluted }}{{ .Values.polluted }}`,
  (name: string) => `{{ $_ := unset .Values.map "${name}" }}{{ .Values.map | toYaml }}`,
  (name: string) => `{{ range $k, $v := (dict "${name}" 1) }}{{ $k }}{{ end }}`,
  (name: string) => `{{ fromYaml "${name}: {polluted: 1}" | toJson }}{{ (dict).polluted }}`,
  (name: string) => `{{ fromJson "{\\"${name}\\": {\\"polluted\\": 1}}" | toYaml }}{{ (dict).polluted }}`,
];

/** Files that are not the chart's. */
const FILES = (folder: string) => [
  `{{ .Files.Get "${folder}/secret.txt" }}`,
  `{{ .Files.Get "../secret.txt" }}`,
  `{{ .Files.Get "files/../../secret.txt" }}`,
  `{{ .Files.Get "....//secret.txt" }}`,
  `{{ .Files.Get "/etc/passwd" }}`,
  `{{ .Files.Get "../../../../../../../../etc/passwd" }}`,
  `{{ .Files.Get "C:\\\\Windows\\\\win.ini" }}`,
  `{{ .Files.Get "file:///etc/passwd" }}`,
  `{{ .Files.Get "files/a.txt\\x00../../secret.txt" }}`,
  `{{ .Files.Get "__proto__" }}`,
  `{{ .Files.GetBytes "/proc/self/environ" }}`,
  `{{ .Files.Lines "/etc/passwd" }}`,
  `{{ range $k, $v := .Files.Glob "/**" }}{{ $k }}{{ $v }}{{ end }}`,
  `{{ range $k, $v := .Files.Glob "../**" }}{{ $k }}{{ $v }}{{ end }}`,
  `{{ (.Files.Glob "**").AsSecrets }}`,
  `{{ (.Files.Glob "${folder}/**").AsConfig }}`,
  `{{ .Files | toJson }}`,
  `{{ index .Files "../secret.txt" }}`,
  `{{ include "${folder}/secret.txt" . }}`,
  `{{ template "/etc/passwd" . }}`,
  `{{ tpl (.Files.Get "/etc/passwd") . }}`,
  `{{ .Template.BasePath }}{{ .Files.Get (printf "%s/../../secret.txt" .Template.BasePath) }}`,
  `{{ readFile "${folder}/secret.txt" }}`,
];

/** Things that a program in JavaScript could fall over. */
const STRAINS = [
  `{{ include "self" . }}`,
  `{{ template "a" . }}`,
  `{{ include "tpl" . }}`,
  `{{ tpl "{{ tpl .Values.text . }}" . }}`,
  `{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $d | toJson }}`,
  `{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $d | toYaml }}`,
  `{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $d | toToml }}`,
  `{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ printf "%v" $d | trunc 20 }}`,
  `{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ deepEqual $d $d }}`,
  `{{ $d := dict "x" 1 }}{{ $_ := set $d "a" $d }}{{ $e := merge (dict) $d }}ok`,
  `{{ $_ := set .Values "self" .Values }}{{ .Values.YAML | trunc 20 }}`,
  `{{ printf "%999999999d" 1 }}`,
  `{{ printf "%.999999999f" 1.0 }}`,
  `{{ printf "%*d" 999999999 1 }}`,
  `{{ printf "%[99999]d" 1 }}`,
  `{{ printf "%!%z%" 1 }}`,
  `{{ printf "%s" .Files }}`,
  `{{ printf "%v" .Capabilities.APIVersions | trunc 10 }}`,
  `{{ printf "%p" .Values }}`,
  `{{ printf "%T" .Values.map }}`,
  `{{ printf "%#v" (now) | trunc 5 }}`,
  `{{ untilStep 0 10 0 }}`,
  `{{ untilStep 10 0 -1 | len }}`,
  `{{ until -5 }}`,
  `{{ trunc -999999999 "a" }}`,
  `{{ substr -1 -5 "abc" }}`,
  `{{ substr 5 99999 "abc" }}`,
  `{{ slice .Values.list 5 1 }}`,
  `{{ index .Values.list -1 }}`,
  `{{ index .Values.list 99999999999 }}`,
  `{{ first (list) }}{{ last (list) }}{{ initial (list) }}{{ rest (list) }}`,
  `{{ b64dec "!!!" }}{{ b32dec "!!!" }}`,
  `{{ regexMatch "(a+)+$" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" }}`,
  `{{ regexFind "(.*)*x" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }}`,
  `{{ regexReplaceAll "(a|aa)+$" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" "$1" }}`,
  `{{ regexMatch "(?=a)" "a" }}`,
  `{{ regexMatch "(a)\\\\1" "aa" }}`,
  `{{ regexMatch "[" "a" }}`,
  `{{ regexSplit "" "abc" -1 }}`,
  `{{ mustRegexMatch "a" "a" }}`,
  `{{ genPrivateKey "dsa" | len }}`,
  `{{ genPrivateKey "../../x" }}`,
  `{{ genSignedCert "x" nil nil 1 . }}`,
  `{{ genCA (list) 1 }}`,
  `{{ derivePassword 1 "x" "p" "u" "s" }}`,
  `{{ buildCustomCert "x" "y" }}`,
  `{{ semverCompare "^^1" "1.0.0" }}`,
  `{{ semver "99999999999999999999.0.0" }}`,
  `{{ toDate "2006" "x" }}{{ date "x" "y" }}`,
  `{{ dateInZone "2006" (now) "../../etc/passwd" }}`,
  `{{ dateModify "99999999999999h" (now) }}`,
  `{{ htmlDate -99999999999999999 }}`,
  `{{ int64 "9223372036854775808" }}{{ atoi "x" }}{{ float64 "1e999" }}`,
  `{{ div 1 0 }}`,
  `{{ mod 1 0 }}`,
  `{{ call .Values.text }}`,
  `{{ call .Files.Get "a" }}`,
  `{{ call (index .Values "map") }}`,
  `{{ fromYaml "a: &a [*a]" | toJson }}`,
  `{{ fromYaml "!!js/function 'function(){return 1}'" | toJson }}`,
  `{{ fromYaml "!!python/object/apply:os.system ['id']" | toJson }}`,
  `{{ toYaml (.Files.Get) }}`,
  `{{ wrap 0 "abc" }}{{ wrapWith 0 "" "abc" }}`,
  `{{ repeat -1 "a" }}`,
  `{{ nospace 1 }}{{ plural 1 2 3 4 }}`,
  `{{ splitn "" -1 "abc" }}`,
  `{{ sortAlpha .Values.map }}{{ uniq 1 }}{{ without 1 2 }}`,
  `{{ fail "x" }}`,
  `{{ required "a" nil }}`,
  `{{ default }}{{ coalesce }}{{ ternary }}`,
  `{{ kindOf .Files.Get }}{{ typeOf .Capabilities }}`,
  `{{ len .Files.Get }}`,
  `{{ html .Files }}{{ js .Values }}{{ urlquery .Release }}`,
  `{{ js "</script>\\u2028" }}`,
  `{{ print . | trunc 3 }}`,
  `{{ block "x" . }}{{ template "x" . }}{{ end }}`,
  `{{ define "c/templates/a.yaml" }}x{{ end }}`,
  `{{ with $x := . }}{{ $x.Values.map.a.b.c.d }}{{ end }}`,
  `{{ .Values.list.c }}`,
  `{{ range . }}{{ . }}{{ end }}`,
  `{{ range 5 }}x{{ end }}`,
  `{{ $ }}`.replace("$ ", "$.Release "),
  `{{ "\\ud800" }}`,
  `{{ "\\xff" | toJson }}`,
  `{{ "\\x1b]52;c;eA==\\x07" | quote }}`,
  "{{`" + "x".repeat(100_000) + "` | len}}",
  "{{".repeat(10_000),
  "{{ (".repeat(5_000),
  `{{ ${"(".repeat(5_000)}1${")".repeat(5_000)} }}`,
  `{{ if 1 }}`.repeat(5_000) + "x" + "{{ end }}".repeat(5_000),
  `{{ 1 ${"| print ".repeat(10_000)} | len }}`,
  `{{ .${"a.".repeat(20_000)}b }}`,
  `{{ "${"a".repeat(100_000)}" | regexFind "a*b" }}`,
  `{{ /* ${"x".repeat(100_000)}`,
];

const groups: Readonly<Record<string, readonly string[]>> = {
  "functions that are not Helm's": NAMES.map((name) => `{{ ${name} }}`),
  "properties of JavaScript": RECEIVERS.flatMap((receiver) =>
    PROPERTIES.map((name) => receiver === "." ? `{{ .${name} }}` : `{{ ${receiver}.${name} }}`)
  ),
  "calls of properties": RECEIVERS.flatMap((receiver) =>
    ["constructor", "toString", "call"].map((name) =>
      `{{ call ${receiver === "." ? "" : receiver}.${name} "return process" }}`
    )
  ),
  "keys that mean something to JavaScript": READERS.flatMap((reader) =>
    ["__proto__", "constructor", "toString", "hasOwnProperty"].map(reader)
  ),
  "what strains a program": STRAINS,
};

/** The primes of a DSA key are found by chance, which takes seconds, and more on a busy machine; what hangs never ends. */
const PROBE_MS_MAX = 60_000;

for (const [what, templates] of Object.entries(groups)) {
  Deno.test(`a Go template gets nothing out of ${what}: ${templates.length} probes`, async () => {
    for (const template of templates) {
      const start = performance.now();
      checkHeld(template, await render(template));
      ok(performance.now() - start < PROBE_MS_MAX, `it took minutes: ${template.slice(0, 200)}`);
    }
  });
}

Deno.test("a Go template reads no file but the chart's own: 23 probes", () =>
  inFolder({ "secret.txt": CANARY, "c/Chart.yaml": "name: c\nversion: 1.0.0\n" }, async (folder) => {
    const templates = FILES(folder);
    equal(templates.length, 23);
    for (const template of templates) {
      const outcome = await render(template);
      checkHeld(template, outcome);
      ok(!outcome.text.includes("root:"), template);
    }
    equal((await render('{{ .Files.Get "files/a.txt" }}')).text, "a");
    ok((await Deno.readTextFile(join(folder, "secret.txt"))) === CANARY);
  }));

Deno.test("a Go template sees no variable of the environment and sends nothing", async () => {
  Deno.env.set("SKEG_TRUST_CANARY", CANARY);
  try {
    await withServer(() => new Response(CANARY), async ({ url, seen }) => {
      for (
        const template of [
          `{{ env "SKEG_TRUST_CANARY" }}`,
          `{{ expandenv "$SKEG_TRUST_CANARY" }}`,
          `{{ "$SKEG_TRUST_CANARY" }}{{ tpl "$SKEG_TRUST_CANARY \${SKEG_TRUST_CANARY}" . }}`.replaceAll(CANARY, ""),
          `{{ .Env.SKEG_TRUST_CANARY }}`,
          `{{ .Values.global.SKEG_TRUST_CANARY }}`,
          `{{ .Files.Get "${url}/x" }}`,
          `{{ include "${url}/x" . }}`,
          `{{ httpGet "${url}/x" }}`,
          `{{ fromYaml "!!import ${url}/x" }}`,
          `{{ urlParse "${url}/x" }}`,
          `{{ tpl "{{ template \\"${url}\\" }}" . }}`,
        ]
      ) checkHeld(template, await render(template));
      deepEqual(seen, []);
    });
  } finally {
    Deno.env.delete("SKEG_TRUST_CANARY");
  }
  // This is Helm's own, and asks the system.
  match((await render('{{ getHostByName "localhost" }}')).text, /^(127\.|::1)/);
});
