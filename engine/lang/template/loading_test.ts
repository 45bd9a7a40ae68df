import { deepEqual, equal, rejects } from "node:assert/strict";
import { newMap } from "../golang/mod.ts";
import type { Func, FuncNeeds } from "./funcs/func.ts";
import { functions } from "./funcs/mod.ts";
import { Program } from "./program.ts";

/** The calls of a run, in order, and its text. */
interface Seen {
  readonly events: string[];
  readonly text: string;
}

/**
 * Renders with three more functions: `mark NAME` notes that it ran, `late NAME`
 * has a module loaded by its first call, `early` has one loaded before it runs.
 */
async function render(files: Record<string, string>, trace = false): Promise<Seen> {
  const events: string[] = [];
  let isLoaded = false;
  const mark: Func = {
    params: ["string"],
    call: ([name]) => {
      events.push(String(name));
      return name;
    },
  };
  const late: Func = {
    ...mark,
    load: () => {
      if (isLoaded) return undefined;
      events.push("load");
      return Promise.resolve().then(() => {
        events.push("loaded");
        isLoaded = true;
      });
    },
  };
  const needs: FuncNeeds = { early: async () => void events.push(await Promise.resolve("early is loaded")) };
  const list = Object.entries(files).map(([name, text]) => ({ name, text }));
  const program = new Program(list, { functions: { ...functions, mark, late, early: mark }, needs, trace });
  const data = newMap("chartutil.Values");
  data["Values"] = Object.assign(newMap(), { list: ["x", "y"], text: '{{ early "v" }}' });
  const texts = await program.run({ dataOf: () => ({ data, basePath: "templates" }) });
  return { events, text: [...texts.values()].join("") };
}

/** Places where a call can stand; each writes `a`, `b` and `c`. */
const PLACES: Readonly<Record<string, string>> = {
  "an action": '{{ mark "a" }}{{ late "b" }}{{ mark "c" }}',
  "an argument": '{{ mark "a" }}{{ print (late "b") (mark "c") }}',
  "a pipeline": '{{ mark "a" }}{{ "b" | late | printf "%s%s" "" }}{{ mark "c" }}',
  "a condition": '{{ mark "a" }}{{ if late "b" }}b{{ end }}{{ mark "c" }}',
  "with": '{{ mark "a" }}{{ with late "b" }}{{ . }}{{ end }}{{ mark "c" }}',
  "a variable": '{{ mark "a" }}{{ $x := late "b" }}{{ $x }}{{ mark "c" }}',
  "a branch": '{{ if mark "a" }}a{{ late "b" }}{{ else }}-{{ end }}{{ mark "c" }}',
  "an included template": '{{ define "t" }}{{ late "b" }}{{ end }}{{ mark "a" }}{{ include "t" . }}{{ mark "c" }}',
  "a called template": '{{ define "t" }}{{ late "b" }}{{ end }}{{ mark "a" }}{{ template "t" }}{{ mark "c" }}',
  "a template with a computed name":
    '{{ define "t" }}{{ late "b" }}{{ end }}{{ mark "a" }}{{ include (print "t") . }}{{ mark "c" }}',
  "a text for tpl": `{{ mark "a" }}{{ tpl "{{ late \\"b\\" }}" . }}{{ mark "c" }}`,
  "a text for tpl that is put together": `{{ mark "a" }}{{ tpl (print "{{ la" "te \\"b\\" }}") . }}{{ mark "c" }}`,
  "a text for tpl within one": `{{ mark "a" }}{{ tpl "{{ tpl \\"{{ late \\\\\\"b\\\\\\" }}\\" . }}" . }}{{ mark "c" }}`,
};

for (const [place, text] of Object.entries(PLACES)) {
  for (const trace of [false, true]) {
    Deno.test(`a template waits for the module of a call in ${place}${trace ? ", traced" : ""}, and runs once`, async () => {
      const { events, text: out } = await render({ "templates/a.yaml": text }, trace);
      equal(out.replace("aa", "a"), "abc");
      deepEqual(events, ["a", "load", "loaded", "b", "c"]);
    });
  }
}

Deno.test("a range waits for a module once, and goes over each element once", async () => {
  const text = '{{ range .Values.list }}{{ mark . }}{{ late "b" }}{{ end }}';
  deepEqual((await render({ "templates/a.yaml": text })).events, ["x", "load", "loaded", "b", "y", "b"]);
});

Deno.test("modules for functions that a file names are loaded before any file runs", async () => {
  const files = { "templates/z.yaml": '{{ mark "z" }}', "templates/a.yaml": '{{ if false }}{{ early "a" }}{{ end }}' };
  deepEqual((await render(files)).events, ["early is loaded", "z"]);
});

Deno.test("modules for functions that only a text for tpl names are loaded when it runs, and only then", async () => {
  const one = await render({ "templates/a.yaml": '{{ mark "a" }}{{ tpl .Values.text . }}{{ tpl .Values.text . }}' });
  deepEqual(one.events, ["a", "early is loaded", "v", "v"]);
  const none = await render({ "templates/a.yaml": '{{ mark "a" }}{{ if false }}{{ tpl .Values.text . }}{{ end }}' });
  deepEqual(none.events, ["a"]);
});

Deno.test("a module that cannot be loaded ends the run with its own error", async () => {
  const late: Func = { params: [], load: () => Promise.reject(new TypeError("no such module")), call: () => "" };
  const program = new Program([{ name: "a", text: "{{ late }}" }], { functions: { late } });
  await rejects(program.run({ dataOf: () => ({ data: newMap(), basePath: "" }) }), {
    name: "TypeError",
    message: "no such module",
  });
});

Deno.test("patterns that need the large matcher work wherever they come from", async () => {
  const files = {
    "templates/a.yaml": '{{ regexReplaceAll "(?i)(ab)+" "xABABy" "-" }}',
    "templates/b.yaml": '{{ tpl (print "{{ regexFind \\"(?i)B{2}\\" \\"abbc\\" }}") . }}',
    "templates/c.yaml": '{{ regexMatch "a+b+c+d+$" (repeat 3000 "ab") }}',
  };
  equal((await render(files)).text, "falsebbx-y");
});
