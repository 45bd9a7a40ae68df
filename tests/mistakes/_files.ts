/**
 * The files that the mistakes are made with.
 *
 * @module
 */
const chart = (name: string): string => `apiVersion: v1\nname: ${name}\nversion: 1.0.0\n`;
const map = (rest: string): string => `apiVersion: v1\nkind: ConfigMap\n${rest}`;

/** Path below the folder → text. */
export const FILES: Readonly<Record<string, string>> = {
  "web/Chart.yaml": chart("web"),
  "web/values.yaml": "a: 1\nname: web\n",
  "web/templates/config.yaml": map(
    'metadata: {name: "{{ .Release.Name }}-{{ .Values.name }}"}\ndata: {a: {{ .Values.a | quote }}}\n',
  ),
  "wrong-type/Chart.yaml": chart("wrong-type"),
  "wrong-type/templates/config.yaml": map("metadata: {name: wrong}\ndata: {a: 1}\n"),
  "wrong-kind/Chart.yaml": chart("wrong-kind"),
  "wrong-kind/templates/config.yaml": "apiVersion: v1\nkind: ConfgMap\nmetadata: {name: a}\n",
  "no-kind/Chart.yaml": chart("no-kind"),
  "no-kind/templates/config.yaml": "foo: bar\n",
  "wrong-field/Chart.yaml": chart("wrong-field"),
  "wrong-field/templates/config.yaml": map("metadata: {name: field}\ndaata: {a: b}\n"),
  "refused/Chart.yaml": chart("refused"),
  "refused/values.yaml": "ports: [80, 0]\n",
  "refused/templates/_ports.tpl":
    '{{ define "ports" }}\n{{- range . }}\n  - port: {{ . }}\n    name: p{{ . }}\n{{- end }}\n{{- end }}\n',
  "refused/templates/all.yaml": map("metadata: {name: fine}\n") +
    "---\n# The service\napiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  ports:" +
    '{{ include "ports" .Values.ports }}\n',
  "two-kinds/Chart.yaml": chart("two-kinds"),
  "two-kinds/templates/all.yaml": "apiVersion: v1\nkind: Sevice\nmetadata: {name: a}\n---\n\napiVersion: v1\n" +
    "kind: ConfgMap\nmetadata: {name: b}\n",
  "no-function/Chart.yaml": chart("no-function"),
  "no-function/templates/a.yaml": 'a: {{ lookup "v1" "Secret" "a" "b" }}\n',
  "taken/Chart.yaml": chart("taken"),
  "taken/templates/config.yaml": map("metadata: {name: base-web}\n"),
  "bad-yaml/Chart.yaml": chart("bad-yaml"),
  "bad-yaml/templates/config.yaml": map("metadata:\n\tname: a\n"),
  "bad-template/Chart.yaml": chart("bad-template"),
  "bad-template/templates/config.yaml": map("metadata: {name: {{ .Values.a.b.c }}}\n"),
  "empty/Chart.yaml": chart("empty"),
  "no-version/Chart.yaml": "apiVersion: v1\nname: no-version\n",
  "tab.yaml": "a:\n\tb: 1\n",
  "list.yaml": "- a\n- b\n",
  "text.db": "This is no database.\n",
  "one.kubeconfig": "apiVersion: v1\nkind: Config\ncurrent-context: prod\n" +
    "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\nusers: []\n" +
    "contexts: [{name: prod, context: {cluster: c}}, {name: staging, context: {cluster: c}}]\n",
  "home/repository/repositories.yaml": 'apiVersion: v1\ngenerated: "2020-01-01T00:00:00Z"\n' +
    "repositories:\n- {name: stable, url: 'http://127.0.0.1:1', cache: stable-index.yaml}\n",
  "home/repository/cache/stable-index.yaml": "apiVersion: v1\nentries:\n" +
    "  mysql:\n  - {name: mysql, version: 1.2.0, urls: [a]}\n  - {name: mysql, version: 1.1.0, urls: [b]}\n",
};
