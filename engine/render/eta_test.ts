import { equal, match, ok, rejects } from "node:assert/strict";
import { SkegError, TemplateError } from "../../errors.ts";
import type { Chart } from "../../model/mod.ts";
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

Deno.test("engine: eta has no permissions", async () => {
  for (
    const code of ["Deno.readTextFileSync('deno.json')", "Deno.env.get('HOME')", "new Deno.Command('ls').outputSync()"]
  ) {
    await rejects(renderChart(chart({ "a.yaml": `<%= ${code} %>` })), /Requires (read|env|run) access/);
  }
});

Deno.test("engine: eta stops templates that do not end", async () => {
  const { renderEta } = await import("./eta.ts");
  const whole = chart({ "a.yaml": "<% for (;;) {} %>" });
  const [file] = whole.templates;
  ok(file);
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
  const files = [{ name: "c/templates/a.yaml", file, chart: whole, basePath: "c/templates", values: {} }];
  await rejects(renderEta(files, release, facts, 200), /ran longer than 0.2 s/);
});
