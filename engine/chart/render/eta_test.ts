import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { SkegError, TemplateError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import { CRAWL } from "../../../tests/_lib/eta_crawl.ts";
import { renderEta } from "./eta.ts";
import { renderChart } from "./render.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function chart(templates: Record<string, string>, more: Partial<Chart> = {}): Chart {
  return {
    metadata: { name: "c", version: "1.0.0", engine: "eta" },
    templates: Object.entries(templates).map(([path, text]) => ({ path: `templates/${path}`, data: bytes(text) })),
    dependencies: [],
    files: [],
    ...more,
  };
}

Deno.test("engine: eta sees the data that Go templates see", async () => {
  const texts = await renderChart(
    chart({
      "a.yaml":
        "<%= it.Values.k %> <%= it.Release.Name %> <%= it.Chart.Version %> <%= it.Template.Name %> <%= it.Files.Get('x') %> <%= it.Capabilities.APIVersions.Has('v1') %>\n",
    }, { files: [{ path: "x", data: bytes("text") }] }),
    { values: "k: 3", release: { name: "r" } },
  );
  equal(texts["c/templates/a.yaml"], "3 r 1.0.0 c/templates/a.yaml text true\n");
});

Deno.test("engine: eta keeps line breaks after values and includes partials without printing them", async () => {
  const texts = await renderChart(chart({ "_p.eta": "<%= it.x %>!", "a.yaml": "<%= include('_p', { x: 1 }) %>\nb\n" }));
  equal(texts["c/templates/a.yaml"], "1!\nb\n");
  equal(Object.keys(texts).length, 1);
});

Deno.test("engine: eta gives a subchart its own table of values", async () => {
  const sub = chart({ "s.yaml": "<%= it.Values.k %> <%= it.Chart.Name %>" });
  const texts = await renderChart(
    chart({}, { dependencies: [{ ...sub, metadata: { ...sub.metadata, name: "sub" } }] }),
    { values: "sub: {k: v}" },
  );
  equal(texts["c/charts/sub/templates/s.yaml"], "v sub");
});

Deno.test("engine: eta names file and line of what throws", async () => {
  await rejects(renderChart(chart({ "a.yaml": "one\n<%= it.Values.x.y %>\n" })), (error: SkegError) => {
    ok(error instanceof TemplateError);
    match(error.message, /^render error in "c\/templates\/a.yaml": template: c\/templates\/a.yaml:2: .*undefined/);
    return true;
  });
});

Deno.test("engine: eta names the file that does not parse", async () => {
  await rejects(renderChart(chart({ "a.yaml": "<% for (%>" })), (error: SkegError) => {
    equal(error.kind, "template");
    match(error.message, /^parse error in "c\/templates\/a.yaml": /);
    return true;
  });
});

/** Templates that try to reach the runtime, the network, the disk, the console, or other code. */
const ATTACKS: Readonly<Record<string, string>> = {
  "Deno": "Deno.readTextFileSync('deno.json')",
  "process": "process.env.HOME",
  "require": "require('node:fs')",
  "fetch": "fetch('http://127.0.0.1:1')",
  "caches": "caches.open('x')",
  "console": "console.log('x')",
  "self": "self.postMessage(null)",
  "postMessage": "postMessage({ texts: { x: 5 } })",
  "close": "close()",
  "Worker": "new Worker('data:text/javascript,1')",
  "WebSocket": "new WebSocket('ws://127.0.0.1:1')",
  "setTimeout": "setTimeout(() => {}, 1)",
  "queueMicrotask": "queueMicrotask(() => {})",
  "WebAssembly": "new WebAssembly.Memory({ initial: 1 })",
  "SharedArrayBuffer": "new SharedArrayBuffer(8)",
  "ArrayBuffer": "new ArrayBuffer(8)",
  "Atomics": "Atomics.wait",
  "FinalizationRegistry": "new FinalizationRegistry(() => {})",
  "eval": "eval('1')",
  "localStorage": "localStorage.x",
};

for (const [name, code] of Object.entries(ATTACKS)) {
  Deno.test(`engine: eta has no ${name}`, async () => {
    await rejects(renderChart(chart({ "a.yaml": `<%= ${code} %>` })), {
      message: new RegExp(`${name} is not defined$`),
    });
  });
}

Deno.test("engine: eta makes no code from text, by no constructor of functions", async () => {
  for (
    const code of [
      "Function('return 1')()",
      "(() => {}).constructor('return 1')()",
      "(async () => {}).constructor('return 1')()",
      "(function* () {}).constructor('yield 1')()",
      "(async function* () {}).constructor('yield 1')()",
      "it.Files.Get.constructor('return 1')()",
      "it.Capabilities.APIVersions.Has.constructor('return 1')()",
      "include.constructor('return 1')()",
      "this.render.constructor('return 1')()",
      "Reflect.construct(Function, ['return 1'])()",
    ]
  ) {
    await rejects(renderChart(chart({ "a.yaml": `<%= ${code} %>` })), /Code generation from strings disallowed/, code);
  }
});

Deno.test("engine: eta has no import.meta, and its import() loads nothing", async () => {
  await rejects(renderChart(chart({ "a.yaml": "<%= import.meta.url %>" })), /parse error/);
  const text =
    "<% import('npm:nothing').then(() => { it.loaded = 1; }); import('node:fs'); import('data:text/javascript,1'); %>x";
  deepEqual(await renderChart(chart({ "a.yaml": text })), { "c/templates/a.yaml": "x" });
});

Deno.test("engine: eta shows no object that leads out of its context", async () => {
  deepEqual(await renderChart(chart({ "a.yaml": CRAWL }, { files: [{ path: "x", data: bytes("text") }] })), {
    "c/templates/a.yaml": "true []",
  });
});

Deno.test("engine: eta runs nothing after the answer", async () => {
  const text =
    "<% Promise.resolve().then(() => { for (;;); }); Promise.reject(new Proxy({}, { get() { for (;;); } })) %>x";
  deepEqual(await renderChart(chart({ "a.yaml": text })), { "c/templates/a.yaml": "x" });
});

Deno.test("engine: eta takes whatever is thrown", async () => {
  const thrown: Readonly<Record<string, RegExp>> = {
    "null": /:1: null$/,
    "Symbol('x')": /:1: Symbol\(x\)$/,
    "{ get message() { throw 1; } }": /:1: an error without words$/,
    "{ toString() { for (let text = 'x'; ; text += text); } }": /:1: an error without words$/,
    "'x'.repeat(1e6)": /:1: x{4000}$/,
    "new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } })": /:1: an error without words$/,
  };
  for (const [code, message] of Object.entries(thrown)) {
    await rejects(renderChart(chart({ "a.yaml": `<% throw ${code}; %>` })), message, code);
  }
});

Deno.test("engine: eta gives only texts of the chart's own templates, whatever a template changes", async () => {
  const vandal =
    "<% Object.prototype.toJSON = () => 'x'; Array.prototype.map = Array.prototype[Symbol.iterator] = null;" +
    " String.prototype.split = () => ['../../etc/passwd']; JSON.stringify = () => '{\"texts\":{}}'; -%>\na";
  deepEqual(await renderChart(chart({ "a.yaml": vandal, "b.yaml": "b" })), {
    "c/templates/a.yaml": "a",
    "c/templates/b.yaml": "b",
  });
  await rejects(
    renderChart(chart({ "a.yaml": "<% __eta.res = { toString() { return {}; } }; %>" })),
    /primitive value/,
  );
});

Deno.test("engine: eta has base64", async () => {
  const text =
    "<%= btoa('') %> <%= btoa('a') %> <%= btoa('ab\\u00ff') %> <%= atob('YWL/') === 'ab\\u00ff' %> <%= atob(btoa('text!')) %>";
  deepEqual(await renderChart(chart({ "a.yaml": text })), { "c/templates/a.yaml": " YQ== YWL/ true text!" });
  for (const code of ["btoa('\\u0100')", "atob('a')", "atob('a*==')"]) {
    await rejects(renderChart(chart({ "a.yaml": `<%= ${code} %>` })), /(btoa|atob): /);
  }
});

Deno.test("engine: eta keeps text that is not Unicode, and names like __proto__", async () => {
  const texts = await renderChart(chart({ "a.yaml": "<%= it.Values.__proto__ %><%= '\\ud800' %>" }), {
    values: "__proto__: own",
  });
  equal(texts["c/templates/a.yaml"], "own\ud800");
});

/** Renders with the given limits. */
async function limited(text: string, timeMs: number, memoryBytes: number): Promise<Record<string, string>> {
  const whole = chart({ "a.yaml": text });
  const facts = {
    kubeVersion: {
      major: "1",
      minor: "34",
      gitVersion: "v1.34.0",
      gitCommit: "",
      gitTreeState: "",
      buildDate: "",
      goVersion: "",
      compiler: "",
      platform: "",
    },
    apiVersions: new Set(["v1"]),
    tillerVersion: { semVer: "v2.17.0", gitCommit: "", gitTreeState: "" },
  };
  const release = {
    Name: "r",
    Namespace: "d",
    Service: "Tiller",
    Revision: 1,
    IsInstall: true,
    IsUpgrade: false,
    Time: { seconds: 0, nanos: 0 },
  };
  const files = whole.templates.map((file) => ({
    name: "c/templates/a.yaml",
    file,
    chart: whole,
    basePath: "c/templates",
    values: {},
  }));
  return await renderEta(files, release, facts, { timeMs, memoryBytes });
}

Deno.test("engine: eta stops what does not end: loops, patterns, and the parser of templates", async () => {
  const endless = ["<% for (;;); %>", "<%= /(a+)+$/.test('a'.repeat(50) + 'b') %>", "<%%>\n".repeat(300_000)];
  for (const text of endless) {
    await rejects(limited(text, 1500, 2 ** 29), /rendering template failed: Eta templates ran longer than 1.5 s/);
  }
});

for (
  const [what, code] of Object.entries({
    objects: "const a = []; for (;;) a.push({});",
    texts: "let a = 'x'; const b = []; for (;;) { a += b.length; b.push(a.repeat(1000).normalize()); }",
    lists: "let a = [1]; for (;;) a = a.concat(a);",
    numbers: "const a = []; for (let b = 1n;; b <<= 1000000n) a.push(b);",
    "keys of a map": "const a = new Map(); for (let i = 0; ; i++) a.set(i, {});",
    "more than V8 has an error for": "'x'.repeat(2 ** 28).split('');",
  })
) {
  Deno.test(`engine: eta stops a template that takes all memory for ${what}`, async () => {
    await rejects(limited(`<% ${code} %>`, 60_000, 2 ** 27), {
      message: "rendering template failed: Eta templates took more than 128 MiB of memory",
      hint: "Look for a loop that makes a text or a list longer without end.",
    });
  });
}
