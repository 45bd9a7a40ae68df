import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";

const FILES = {
  "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
  "web/values.yaml": "tag: '1'\nextra:\n  enabled: false\n",
  "web/templates/_helpers.tpl": '{{- define "web.image" -}}\nnginx:{{ .Values.tag }}\n{{- end -}}\n',
  "web/templates/a.yaml":
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  image: {{ include "web.image" . | quote }}\n',
  "web/templates/b.yaml":
    "{{- if .Values.extra.enabled }}\napiVersion: v1\nkind: Secret\nmetadata:\n  name: extra\n{{- end }}\n",
};

function withFiles(work: (run: (line: string) => Promise<Outcome>) => Promise<void>): Promise<void> {
  return inFolder(FILES, (folder) =>
    work((line) => {
      const words = line.split(" ").map((word) => word.startsWith("./") ? join(folder, word) : word);
      return program([...words, `--sandbox=${join(folder, "state.db")}`], { watched: true });
    }));
}

Deno.test("why names template lines, values and their sources of a field", () =>
  withFiles(async (run) => {
    equal(
      (await run("why ./web ConfigMap/web:data.image --set tag=2")).stdout,
      `nginx:2
  templates/a.yaml:6         image: {{ include "web.image" . | quote }}
  templates/_helpers.tpl:2   in web.image: nginx:{{ .Values.tag }}
  values   tag   2   --set
`,
    );
    const { stdout } = await run("why ./web ConfigMap/web:data.image -o json");
    deepEqual(JSON.parse(stdout).values, [{ path: "tag", text: "1", source: "values.yaml:1 of the chart" }]);
  }));

Deno.test("why says what a template line writes, and what depends on a value", () =>
  withFiles(async (run) => {
    equal((await run("why ./web templates/_helpers.tpl:2")).stdout, "ConfigMap/web:data.image\n");
    equal((await run("why ./web --value tag")).stdout, "ConfigMap/web:data.image\n");
    equal((await run("why ./web --value none")).stdout, "nothing\n");
    match(
      (await run("why ./web --value extra --set extra.enabled=true")).stdout,
      /Secret\/extra:kind {12}\(decides if it is there\)/,
    );
  }));

Deno.test("why --missing names the condition that does not hold", () =>
  withFiles(async (run) => {
    equal(
      (await run("why ./web --missing Secret/extra")).stdout,
      `Secret/extra is not rendered
  templates/b.yaml:3 would render this kind
    templates/b.yaml:1   if .Values.extra.enabled   does not hold
      extra.enabled   false   values.yaml:3 of the chart
`,
    );
    equal((await run("why ./web --missing Pod/x")).stdout, "Pod/x is not rendered\n  no template has this kind\n");
    match((await run("why ./web --missing ConfigMap/web")).stderr, /^Error: the chart renders ConfigMap\/web\n/);
  }));

Deno.test("why -r asks a recorded revision, and names the revision that gave a value", () =>
  withFiles(async (run) => {
    equal((await run("install ./web --name shop --set tag=5")).code, 0);
    equal((await run("upgrade shop ./web --set tag=5,other=1")).code, 0);
    equal((await run("upgrade shop ./web --set tag=6")).code, 0);
    match(
      (await run("why -r shop ConfigMap/web:data.image")).stdout,
      /^nginx:6\n.* tag {3}6 {3}given at revision 3\n$/s,
    );
    match(
      (await run("why -r shop@2 ConfigMap/web:data.image")).stdout,
      /^nginx:5\n.* tag {3}5 {3}given at revision 1\n$/s,
    );
    match((await run("why -r shop --missing Secret/extra")).stdout, /does not hold/);
    equal((await run("why -r none ConfigMap/web")).code, 1);
  }));

Deno.test("why refuses no question, and more than one", () =>
  withFiles(async (run) => {
    match((await run("why ./web")).stderr, /^Error: a question is required\ngive one of KIND\/NAME:PATH/);
    match((await run("why ./web ConfigMap/web --value tag")).stderr, /^Error: only one question can be asked\n/);
    match((await run("why ./web nothing")).stderr, /^Error: "nothing" does not name an object\nwrite KIND\/NAME/);
    match((await run("why")).stderr, /^Error: a question is required\n/);
    match((await run("why -r web@x Pod/x")).stderr, /^Error: "web@x" does not name a revision\n/);
  }));

Deno.test("why refuses a template and a line that the chart does not have, and names what there is", () =>
  withFiles(async (run) => {
    const unknown = await run("why ./web templates/aa.yaml:3");
    equal(
      unknown.stderr,
      "Error: the chart has no template templates/aa.yaml\ndid you mean templates/a.yaml or templates/b.yaml?\n" +
        "it has:\n  templates/_helpers.tpl\n  templates/a.yaml\n  templates/b.yaml\n",
    );
    deepEqual([unknown.code, unknown.stdout], [1, ""]);
    const beyond = await run("why ./web templates/a.yaml:7");
    equal(beyond.stderr, "Error: templates/a.yaml has no line 7\nit has lines 1 to 6\n");
    equal(beyond.code, 1);
    equal((await run("why ./web templates/a.yaml:0")).code, 1);
    equal((await run("why ./web templates/a.yaml:6")).stdout, "ConfigMap/web:data.image\n");
  }));

Deno.test("why takes the release's name of template, and suggests objects for an unknown one", () =>
  inFolder({
    "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
    "web/templates/a.yaml": "{{- range $at := until 12 }}\n---\nkind: Job\nmetadata:\n" +
      "  name: {{ $.Release.Name }}-{{ $at }}\n{{- end }}\n",
  }, async (folder) => {
    const ask = (name: string) => program(["why", join(folder, "web"), name], { watched: true });
    equal((await ask("Job/release-name-3:metadata.name")).stdout.split("\n")[0], "release-name-3");
    equal((await ask("Job/RELEASE-NAME-3:metadata.name")).stdout.split("\n")[0], "RELEASE-NAME-3");
    const { stderr, code } = await ask("Job/RELEASE-NAM-3");
    equal(code, 1);
    match(stderr, /^Error: the chart does not render Job\/RELEASE-NAM-3\ndid you mean Job\/RELEASE-NAME-3\b/);
    match((await ask("job/web")).stderr, /^Error: .*job\/web\ndid you mean Job\/RELEASE-NAME-0, /);
    match((await ask("Pod/web")).stderr, /^Error: .*Pod\/web\nit renders:/);
    match(stderr, /\nit renders:\n(?: {2}Job\/RELEASE-NAME-\d\n){10} {2}and 2 more\n--missing Job/);
  }));
