import { deepEqual, equal } from "node:assert/strict";
import { type GoMap, newMap } from "../golang/mod.ts";
import { Cover } from "./cover.ts";
import { helm3Functions } from "./funcs/helm3.ts";
import { Program, type ProgramOptions } from "./program.ts";
import type { Span } from "./trace.ts";

const NAME = "c/templates/a.yaml";

interface Ran {
  readonly text: string | undefined;
  readonly spans: readonly Span[];
}

async function run(text: string, options: Pick<ProgramOptions, "trace" | "cover"> = {}): Promise<Ran> {
  const program = new Program([{ name: NAME, text }], { functions: helm3Functions, ...options });
  const values: GoMap = Object.assign(newMap(), { on: true, list: ["a", "b", "c"] });
  const data: GoMap = Object.assign(newMap(), { Values: values });
  let spans: readonly Span[] = [];
  const rendered = await program.run({
    dataOf: () => ({ data, basePath: "" }),
    roots: new Map<object, string[]>([[values, ["Values"]]]),
    traced: (_, found) => spans = found,
  });
  return { text: rendered.get(NAME), spans };
}

const DEEP = "{{ range $i, $x := .Values.list }}{{ with dict `k` $x }}{{ if $.Values.on }}{{ with .k }}" +
  "{{ if eq . `b` }}{{ JUMP }}{{ end }}{{ . }}{{ end }}{{ end }}{{ end }}{{ . }}{{ end }}|{{ .Values.on }}";

const EXPECTED: Readonly<Record<string, string>> = { break: "aa|true", continue: "aacc|true" };

for (const [jump, expected] of Object.entries(EXPECTED)) {
  const text = DEEP.replace("JUMP", jump);
  Deno.test(`${jump} leaves the branches around it, and the dot is that of the range again`, async () => {
    equal((await run(text)).text, expected);
  });

  Deno.test(`${jump} leaves the conditions of branches behind when spans are traced`, async () => {
    const { text: traced, spans } = await run(text, { trace: true });
    equal(traced, expected);
    const last = spans.at(-1);
    deepEqual([last?.text, last?.conditions], ["true", []]);
  });

  Deno.test(`${jump} does not disturb the counters of coverage`, async () => {
    const cover = new Cover();
    equal((await run(text, { cover })).text, expected);
    const { branches = [] } = cover.result().files[0] ?? {};
    const inner = branches.find(({ kind, ways }) => kind === "if" && ways.some(({ hits }) => hits === 1));
    deepEqual(inner?.ways.map(({ hits }) => hits), jump === "break" ? [1, 1] : [1, 2]);
  });
}

Deno.test("break in a range inside a range ends the inner one, with traces too", async () => {
  const text =
    "{{ range .Values.list }}{{ $o := . }}{{ range $.Values.list }}{{ if eq . $o }}{{ break }}{{ end }}{{ . }}" +
    "{{ end }}/{{ end }}{{ range .Values.list }}{{ range list }}{{ else }}{{ break }}{{ end }}never{{ end }}.";
  for (const trace of [false, true]) equal((await run(text, { trace })).text, "/a/ab/.");
});
