import { deepEqual, equal, match } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { asHelm, type Outcome, program, type ProgramOptions } from "../../tests/_lib/program.ts";

/** A recorded case; see the README beside the files. */
interface RequirementsCase {
  readonly name: string;
  readonly files: Record<string, string>;
  readonly chart: string;
  readonly flags?: readonly string[];
  readonly values_files?: readonly { readonly name: string; readonly content: string }[];
  readonly stdout?: string;
  readonly warnings?: readonly string[];
  readonly error?: string;
  readonly crash?: boolean;
}

const recorded = new URL("../../testdata/requirements/", import.meta.url);

/** Warnings, sorted, without the time. */
function warningsOf(stderr: string): string[] {
  return stderr.split("\n").filter((line) => /^\d{4}\/\d\d\/\d\d /.test(line)).map((line) => line.slice(20)).sort();
}

for (const file of readdirSync(recorded).filter((name) => name.endsWith(".json"))) {
  const one = JSON.parse(readFileSync(new URL(file, recorded), "utf8")) as RequirementsCase;
  Deno.test(`template renders requirements as Helm does: ${one.name}`, async () => {
    const values = one.values_files ?? [];
    const files = { ...one.files, ...Object.fromEntries(values.map(({ name, content }) => [name, content])) };
    await inFolder(files, async (folder) => {
      const flags = (one.flags ?? []).map((word) =>
        values.some(({ name }) => name === word) ? join(folder, word) : word
      );
      const { code, stdout, stderr } = await asHelm(["template", join(folder, one.chart), ...flags]);
      if (one.crash) return equal(code, 1);
      if (one.error !== undefined) match(stderr, new RegExp(`Error: ${RegExp.escape(one.error.trim())}\\n$`));
      else equal(stdout, one.stdout);
      equal(code, one.error === undefined ? 0 : 1);
      deepEqual(warningsOf(stderr), one.warnings ?? []);
    });
  });
}

const CHART = {
  "web/Chart.yaml": "name: site\nversion: 1.0.0\n",
  "web/values.yaml": "a: 1\n",
  "web/templates/service.yaml": "kind: Service\nname: {{ .Release.Name }}\n",
  "web/templates/secret.yaml": "kind: Secret\nvalues: {{ toJson .Values }}\n",
  "web/templates/empty.yaml": "{{ if false }}x{{ end }}",
  "web/templates/_helpers.tpl": "x",
  "web/templates/NOTES.txt":
    "kind: Zoo\n{{ .Release.Namespace }} {{ .Release.IsUpgrade }} {{ .Capabilities.KubeVersion }}",
  "web/charts/sub/Chart.yaml": "name: sub\n",
  "web/charts/sub/templates/job.yaml": 'kind: Job\nhas: {{ .Capabilities.APIVersions.Has "a/b" }}\n',
};

/** Runs `template` on the chart; `DIR` in a word is the folder. */
function template(words: readonly string[], options?: ProgramOptions): Promise<Outcome> {
  return inFolder(CHART, (folder) => {
    return program(["template", ...words.map((word) => word.replace("DIR", folder))], options);
  });
}

const sources = ({ stdout }: Outcome): string[] =>
  [...stdout.matchAll(/^# Source: (.*)$/gm)].map((found) => found[1] ?? "");

Deno.test("template prints files by kind, empty ones too, without notes and partials", async () => {
  const outcome = await template(["DIR/web"]);
  deepEqual([outcome.code, outcome.stderr], [0, ""]);
  deepEqual(sources(outcome), [
    "site/templates/secret.yaml",
    "site/templates/service.yaml",
    "site/charts/sub/templates/job.yaml",
    "site/templates/empty.yaml",
  ]);
  match(outcome.stdout, /^---\n# Source: site\/templates\/secret\.yaml\nkind: Secret\nvalues: \{"a":1,/);
  match(outcome.stdout, /\n---\n# Source: site\/templates\/empty\.yaml\n\n$/);
});

Deno.test("template --notes shows NOTES.txt in its place", async () => {
  const words = ["DIR/web", "--notes", "--namespace", "shop", "--is-upgrade", "--kube-version", "1.16.3-x"];
  match((await template(words)).stdout, /# Source: site\/templates\/NOTES\.txt\nkind: Zoo\nshop true v1\.16\.0\n$/);
});

Deno.test("template -x renders the named files only, in the order of kinds", async () => {
  const outcome = await template(["DIR/web", "-x", "templates/service.yaml", "-x", "DIR/web/templates/secret.yaml"]);
  deepEqual(sources(outcome), ["site/templates/secret.yaml", "site/templates/service.yaml"]);
  deepEqual(sources(await template(["DIR/web", "-x", "charts/sub/templates/job.yaml"])), [
    "site/charts/sub/templates/job.yaml",
  ]);
  const missing = await template(["DIR/web", "-x", "gone.yaml"]);
  equal(missing.code, 1);
  match(
    missing.stderr,
    /^Error: could not find template .*web\/gone\.yaml in chart\n(?:Did you mean|Templates with output are) .+\n$/,
  );
});

Deno.test("template -a replaces the kinds of the cluster", async () => {
  match((await template(["DIR/web", "-a", "a/b"])).stdout, /kind: Job\nhas: true/);
  match((await template(["DIR/web"])).stdout, /kind: Job\nhas: false/);
});

Deno.test("template -f - reads standard input, and --set outranks it", async () => {
  const { stdout } = await template(["DIR/web", "-f", "-", "--set", "a=3"], { stdin: "a: 2\nb: 2\n" });
  match(stdout, /values: \{"a":3,"b":2,"sub":/);
});

Deno.test("template takes the namespace from the kubeconfig", () =>
  inFolder({
    ...CHART,
    "kubeconfig": "current-context: k\ncontexts: [{name: k, context: {cluster: c, user: u, namespace: shop}}]\n",
  }, async (folder) => {
    const words = ["template", join(folder, "web"), "--notes", "--kubeconfig", join(folder, "kubeconfig")];
    match((await program(words)).stdout, /\nshop false v1\.14\.0\n$/);
  }));

Deno.test("template --output-dir writes what is not blank", () =>
  inFolder(CHART, async (folder) => {
    const { code, stdout } = await program(["template", join(folder, "web"), "--output-dir", folder]);
    equal(code, 0);
    deepEqual(stdout.split("\n").map((line) => line.replace(folder, "DIR")), [
      "wrote DIR/site/templates/secret.yaml",
      "wrote DIR/site/templates/service.yaml",
      "wrote DIR/site/charts/sub/templates/job.yaml",
      "",
    ]);
    equal(
      readFileSync(join(folder, "site/templates/service.yaml"), "utf8"),
      "---\n# Source: site/templates/service.yaml\nkind: Service\nname: release-name\n",
    );
  }));

Deno.test("template --output-dir does not follow a chart's name out of the folder", () =>
  inFolder({ ...CHART, "web/Chart.yaml": "name: ../../out\n", "a/b/x": "" }, async (folder) => {
    const { code, stderr } = await program(["template", join(folder, "web"), "--output-dir", join(folder, "a/b")]);
    equal(code, 1);
    match(stderr, /leads out of output-dir/);
    deepEqual(readdirSync(folder).sort(), ["a", "web"]);
  }));

const refused: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /^Error: chart is required\n$/],
  [["DIR/gone"], /^Error: stat .*gone: no such file or directory\n$/],
  [["DIR/web", "--output-dir", "DIR/gone"], /^Error: output-dir '.*gone' does not exist\n/],
  [["DIR/web", "-n", "Bad_Name"], /^Error: release name Bad_Name is invalid: a DNS-1123 subdomain must /],
  [["DIR/web", "--kube-version", "x"], /^Error: could not parse a kubernetes version: Invalid Semantic Version\n$/],
  [["DIR/web", "-f", "DIR/gone"], /^Error: open .*gone: no such file or directory\n$/],
  [["DIR/web", "--set", "a"], /^Error: failed parsing --set data: key "a" has no value\n$/],
];
for (const [words, message] of refused) {
  Deno.test(`template refuses: ${words.join(" ")}`, async () => {
    const { code, stdout, stderr } = await template(words, { variables: { SKEG_HINTS: "off" } });
    deepEqual([code, stdout], [1, ""]);
    match(stderr, message);
  });
}

Deno.test("template --name-template makes the name", async () => {
  const words = ["DIR/web", "--name-template", '{{ env "TEAM" | lower }}-{{ add 1 2 }}'];
  match((await template(words, { variables: { TEAM: "Ops" } })).stdout, /name: ops-3\n/);
});

const PAIR = Object.fromEntries(
  ["one", "two"].flatMap((name) => [
    [`${name}/Chart.yaml`, `apiVersion: v1\nname: ${name}\nversion: 1.0.0\n`],
    [`${name}/values.yaml`, "a: 0\n"],
    [`${name}/templates/${name}.yaml`, "kind: A\na: {{ .Values.a }}\nname: {{ .Release.Name }}\n"],
    [`${name}/templates/both.yaml`, "kind: B\n"],
  ]),
);

Deno.test("template renders several charts in one call, with values and a name that are read once", async () => {
  await inFolder(PAIR, async (folder) => {
    const paths = [join(folder, "one"), join(folder, "two")];
    const flags = ["--name-template", "{{ randAlpha 6 | lower }}", "-f", "-"];
    const { code, stdout } = await program(["template", ...paths, ...flags], { stdin: "a: 7\n", own: true });
    equal(code, 0);
    deepEqual(stdout.match(/^# Source: .*$/gm), [
      "# Source: one/templates/one.yaml",
      "# Source: one/templates/both.yaml",
      "# Source: two/templates/two.yaml",
      "# Source: two/templates/both.yaml",
    ]);
    equal(stdout.match(/^a: 7$/gm)?.length, 2);
    equal(new Set(stdout.match(/^name: .*$/gm)).size, 1);
  });
});

Deno.test("template -x of several charts wants each template in one of them", async () => {
  await inFolder(PAIR, async (folder) => {
    const paths = [join(folder, "one"), join(folder, "two")];
    const { code, stdout } = await program(["template", ...paths, "-x", "templates/two.yaml"], { own: true });
    deepEqual([code, stdout.match(/^# Source: .*$/gm)], [0, ["# Source: two/templates/two.yaml"]]);
    const missing = await program(["template", ...paths, "-x", "templates/none.yaml"], { own: true });
    deepEqual([missing.code, missing.stdout], [1, ""]);
    equal(missing.stderr, "Error: could not find template templates/none.yaml in any of the charts\n");
  });
});

Deno.test("template --output-dir refuses two charts that would write one file", async () => {
  const copy = Object.fromEntries(Object.entries(PAIR).map(([path, text]) => [`copy/${path}`, text]));
  await inFolder({ ...PAIR, ...copy, "out/.keep": "" }, async (folder) => {
    const out = join(folder, "out");
    const good = await program(["template", join(folder, "one"), join(folder, "two"), "--output-dir", out], {
      own: true,
    });
    deepEqual([good.code, readdirSync(out).sort()], [0, [".keep", "one", "two"]]);
    const [first, second] = [join(folder, "one"), join(folder, "copy/one")];
    const { code, stderr } = await program(["template", first, second, "--output-dir", out], { own: true });
    equal(code, 1);
    match(stderr, /^Error: .*\/one and .*\/copy\/one both write one\/templates\/(?:one|both)\.yaml\n/);
  });
});

Deno.test("template under Helm's name ignores further words, as Helm does", async () => {
  await inFolder(PAIR, async (folder) => {
    const { code, stdout } = await program(["template", join(folder, "one"), "words", "after"]);
    deepEqual([code, stdout.match(/^# Source: .*$/gm)?.length], [0, 2]);
  });
});

Deno.test("template NAME CHART is understood as in Helm 3, and says so; a chart that is named twice is refused", () =>
  inFolder({
    "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
    "web/templates/a.yaml": "name: {{ .Release.Name }}\n",
    "bad/Chart.yaml": "apiVersion: v1\nname: bad\nversion: 1.0.0\n",
    "bad/templates/a.yaml": "{{ fail `no` }}\n",
  }, async (folder) => {
    const web = join(folder, "web");
    const asSkeg = (words: string[]) => program(["template", ...words], { watched: true, own: true });
    const named = await asSkeg(["shop", web]);
    match(named.stdout, /^name: shop$/m);
    deepEqual([named.code, named.stderr], [0, `Note: understood as 'skeg template ${web} --name shop'.\n`]);
    match((await program(["template", "shop", join(folder, "bad")], { own: true })).stderr, /^Error: /);
    match((await asSkeg(["shop", web, "--name", "x"])).stderr, /^Error: stat .*shop: no such file/);
    const twice = await asSkeg([web, `${web}/`]);
    equal(twice.code, 1);
    match(twice.stderr, /^Error: chart .*web\/ is named twice\n/);
    match((await asHelm(["template", "shop", web])).stderr, /^Error: stat .*shop: no such file/);
  }));
