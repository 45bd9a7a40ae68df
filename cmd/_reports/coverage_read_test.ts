/**
 * Coverage of templates with the idioms of public charts. The margin of each line has the number of hits that reading gives; `-` marks
 * a line that does not count; a line that runs in part more often has the hits of that part. Each chart is rendered twice: with its defaults, and with other values.
 *
 * @module
 */
import { deepEqual } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";

/** A chart that was read. */
interface ReadChart {
  readonly values: string;
  /** Values of the second test, in flow style. */
  readonly set: string;
  /** Texts with margins, by path. */
  readonly templates: Readonly<Record<string, string>>;
  /** Branches by path, as `line:kind name=hits …`. */
  readonly branches: Readonly<Record<string, readonly string[]>>;
  readonly files?: Readonly<Record<string, string>>;
}

const CHARTS: Readonly<Record<string, ReadChart>> = {
  // The names of `helm create`, a checksum that includes another file, and `with` around optional parts.
  names: {
    values: "nodeSelector: {}\nresources: {}\n",
    set: "{fullnameOverride: f, nodeSelector: {a: b}}",
    templates: {
      "templates/_helpers.tpl": `-  |{{/*
-  |The name of the chart.
-  |*/}}
-  |{{- define "names.name" -}}
8  |{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
-  |{{- end -}}
-  |
-  |{{- define "names.fullname" -}}
6  |{{- if .Values.fullnameOverride -}}
3  |{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
-  |{{- else -}}
3  |{{- $name := default .Chart.Name .Values.nameOverride -}}
3  |{{- if contains $name .Release.Name -}}
0  |{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
-  |{{- else -}}
3  |{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
-  |{{- end -}}
-  |{{- end -}}
-  |{{- end -}}
-  |{{- define "names.apiVersion" -}}
2  |{{- if semverCompare "< 1.8-0" .Capabilities.KubeVersion.GitVersion -}}
0  |{{- print "apps/v1beta1" }}
2  |{{- else if semverCompare ">=1.8-0" .Capabilities.KubeVersion.GitVersion -}}
2  |{{- print "apps/v1" }}
-  |{{- end -}}
-  |{{- end -}}
-  |{{ define "names.unused" }}
0  |never: used
-  |{{ end }}
`,
      "templates/configmap.yaml": `4  |apiVersion: v1
4  |kind: ConfigMap
4  |metadata:
4  |  name: {{ template "names.fullname" . }}
4  |  labels: {app: {{ template "names.name" . }}}
`,
      "templates/deployment.yaml": `2  |apiVersion: {{ template "names.apiVersion" . }}
2  |kind: Deployment
2  |metadata:
2  |  name: {{ include "names.fullname" . }}
2  |  labels: {app: {{ include "names.name" . }}}
2  |spec:
2  |  template:
2  |    metadata:
2  |      annotations:
2  |        checksum/config: {{ include (print $.Template.BasePath "/configmap.yaml") . | sha256sum }}
2  |      labels: {app: {{ include "names.name" . }}}
2  |    spec:
2  |      # a comment of YAML is text
2  |      resources:
2  |{{ toYaml .Values.resources | indent 8 }}
2  |    {{- with .Values.nodeSelector }}
1  |      nodeSelector:
1  |{{ toYaml . | indent 8 }}
-  |    {{- end }}
2  |    {{- with .Values.tolerations }}
0  |      tolerations:
0  |{{ toYaml . | indent 8 }}
-  |    {{- end }}
`,
    },
    branches: {
      "templates/_helpers.tpl": [
        "5:default given=0 default=8",
        "9:if then=3 else=3",
        "12:default given=0 default=3",
        "13:if then=0 else=3",
        "21:if then=0 else=2",
        "23:if then=2 else=0",
      ],
      "templates/configmap.yaml": [],
      "templates/deployment.yaml": ["16:with taken=1 else=1", "20:with taken=0 else=2"],
    },
  },
  // Notes by the type of the service, files, lists, texts that are templates, and one line with a whole loop.
  notes: {
    values: "service: {type: ClusterIP, port: 80}\nhosts: [a]\nresources: []\ntexts: []\ndb: {inside: true}\n",
    set:
      "{service.type: LoadBalancer, hosts: [a, b, c], resources: [{kind: A}], texts: ['kind: {{ .Release.Name }}', 'kind: b'], db.inside: false}",
    files: { "crds/one.yaml": "kind: One\n" },
    templates: {
      "templates/NOTES.txt": `2  |1. The address:
2  |{{- if contains "NodePort" .Values.service.type }}
0  |  echo http://$NODE_IP:{{ .Values.service.port }}
2  |{{- else if contains "LoadBalancer" .Values.service.type }}
1  |     It may take a few minutes.
1  |  echo http://$SERVICE_IP:{{ .Values.service.port }}
1  |{{- else if contains "ClusterIP"  .Values.service.type }}
1  |  kubectl port-forward $POD {{ .Values.service.port }}
-  |{{- end }}
`,
      "templates/lists.yaml": `2  |{{- if and .Release.IsInstall (not .Values.db.inside) -}}
1  |db: outside
-  |{{- end }}
2  |{{- if or .Values.db.inside .Values.db.host }}
1  |db: inside
-  |{{- end }}
2  |{{- range $path, $bytes := .Files.Glob "crds/*.yaml" }}
2  |{{ $.Files.Get $path }}
2  |---
-  |{{- end }}
4  |hosts: {{ range .Values.hosts }} {{ . }} {{ end }}
2  |{{- range .Values.resources }}
1  |---
1  |{{ toYaml (merge . (dict "a" 1)) -}}
-  |{{- end }}
2  |{{- range $i, $t := .Values.texts }}
2  |---
2  |{{ toYaml (tpl $t $ | fromYaml) -}}
-  |{{- else }}
1  |# no texts
-  |{{- end }}
2  |which: {{ .Values.kind | default "Lists" | quote }}
2  |mode: {{ ternary "one" "many" (eq (len .Values.hosts) 1) }}
2  |first: {{ coalesce .Values.none .Values.service.type }}
`,
    },
    branches: {
      "templates/NOTES.txt": ["2:if then=0 else=2", "4:if then=1 else=1", "7:if then=1 else=0"],
      "templates/lists.yaml": [
        "1:if then=1 else=1",
        "1:and cut short=0 all=2",
        "4:if then=1 else=1",
        "4:or cut short=1 all=1",
        "7:range none=0 one=2 many=0",
        "11:range none=0 one=1 many=1",
        "12:range none=1 one=1 many=0",
        "16:range none=1 one=0 many=1",
        "22:default given=0 default=2",
        "23:ternary true=1 false=1",
        "24:coalesce 1=0 2=2 none=0",
      ],
    },
  },
};

/** A template of the report in JSON. */
interface ReportedTemplate {
  readonly path: string;
  readonly lines: { readonly hits: readonly { readonly line: number; readonly hits: number }[] };
  readonly branches: {
    readonly places: readonly {
      readonly kind: string;
      readonly line: number;
      readonly ways: readonly { readonly name: string; readonly hits: number }[];
    }[];
  };
}

const plain = (text: string) => text.replace(/^.{3}\|/gm, "");

for (const [name, chart] of Object.entries(CHARTS)) {
  Deno.test(`unittest --coverage counts what reading gives: ${name}`, () => {
    const templates = Object.entries(chart.templates).map(([path, text]) => [`${name}/${path}`, plain(text)]);
    const assert = "asserts: [{hasDocuments: {count: 99}, not: true}]";
    return inFolder({
      [`${name}/Chart.yaml`]: `name: ${name}\nversion: 1.0.0\n`,
      [`${name}/values.yaml`]: chart.values,
      [`${name}/tests/a_test.yaml`]:
        `suite: a\ntests:\n- it: has defaults\n  ${assert}\n- it: has other values\n  set: ${chart.set}\n  ${assert}\n`,
      ...Object.fromEntries(templates),
      ...Object.fromEntries(Object.entries(chart.files ?? {}).map(([path, text]) => [`${name}/${path}`, text])),
    }, async (folder) => {
      const coverage = join(folder, "coverage");
      const flags = ["--coverage=json", "--coverage-dir", coverage];
      const { code, stdout } = await program(["unittest", join(folder, name), ...flags]);
      deepEqual([code, /Error/.exec(stdout)], [0, null], stdout);
      const report = JSON.parse(await Deno.readTextFile(join(coverage, "coverage.json")));
      const found: readonly ReportedTemplate[] = report.charts[0].templates;
      for (const { path, lines, branches } of found) {
        const hits = new Map(lines.hits.map((each) => [each.line, each.hits]));
        const text = plain(chart.templates[path] ?? "").split("\n").slice(0, -1);
        const shown = text.map((line, at) => `${`${hits.get(at + 1) ?? "-"}`.padEnd(3)}|${line}`);
        deepEqual(shown, chart.templates[path]?.split("\n").slice(0, -1), path);
        const places = branches.places.map(({ kind, line, ways }) =>
          `${line}:${kind} ${ways.map((way) => `${way.name}=${way.hits}`).join(" ")}`
        );
        deepEqual(places, chart.branches[path], path);
      }
      deepEqual(found.map(({ path }) => path).sort(), Object.keys(chart.templates).sort());
    });
  });
}
