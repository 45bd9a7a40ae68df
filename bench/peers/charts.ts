/**
 * Generated charts for the measurements; the same in every run.
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files of a chart: path → content. */
type Files = Readonly<Record<string, string>>;

/** Subcharts of the umbrella. */
const SUBCHARTS = 100;
/** Templated values in each subchart, besides one; each costs Helm 2 a hundredth of a second. */
const TEMPLATED = 4;

/** Writes a chart unless it exists, and returns its folder. */
export function writeChart(folder: string, files: () => Files): string {
  if (existsSync(join(folder, "Chart.yaml"))) return folder;
  for (const [path, content] of Object.entries(files()).reverse()) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

function chartYaml(name: string): string {
  return `apiVersion: v1\nname: ${name}\nversion: 1.0.0\nappVersion: "1.0"\ndescription: Made for a measurement\n` +
    "icon: https://example.com/icon.png\n";
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `sub-${index}`);

/** A chart with 100 subcharts, each with five values that are templates themselves. */
export function umbrella(): Files {
  const files: Record<string, string> = {
    "Chart.yaml": chartYaml("umbrella"),
    "requirements.yaml": `dependencies:\n${
      names(SUBCHARTS).map((name) => `- name: ${name}\n  version: 1.0.0\n  repository: file://charts/${name}\n`).join(
        "",
      )
    }`,
    "values.yaml": `global:\n  domain: example.com\n  team: shop\n${
      names(SUBCHARTS).map((name, index) =>
        `${name}:\n  replicas: ${1 + index % 3}\n  extra: "from-{{ .Release.Name }}"\n`
      )
        .join("")
    }`,
    "templates/summary.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-summary\ndata:\n" +
      "  domain: {{ .Values.global.domain | quote }}\n  team: {{ .Values.global.team | upper | quote }}\n",
  };
  for (const name of names(SUBCHARTS)) {
    for (const [path, content] of Object.entries(subchart(name))) files[`charts/${name}/${path}`] = content;
  }
  return files;
}

function subchart(name: string): Files {
  const config = Array.from(
    { length: TEMPLATED },
    (_, index) =>
      `  key-${index}: '{{ .Release.Name }}-{{ .Values.name | trunc 20 }}-${index}.{{ .Values.global.domain }}` +
      `{{ if gt (int .Values.replicas) ${index % 4} }}-many{{ end }}'\n`,
  ).join("");
  return {
    "Chart.yaml": chartYaml(name),
    "values.yaml":
      `name: ${name}\nreplicas: 1\nextra: none\nimage:\n  repository: registry.example.com/${name}\n  tag: "1.0"\n` +
      `service:\n  type: ClusterIP\n  port: 80\nresources:\n  limits: {cpu: 100m, memory: 128Mi}\nconfig:\n${config}`,
    "templates/_helpers.tpl":
      `{{- define "${name}.fullname" -}}\n{{- printf "%s-%s" .Release.Name .Values.name | trunc 63 | trimSuffix "-" -}}\n` +
      `{{- end -}}\n{{- define "${name}.labels" -}}\napp: {{ .Values.name }}\nchart: {{ .Chart.Name }}-{{ .Chart.Version }}\n` +
      `release: {{ .Release.Name }}\nteam: {{ .Values.global.team }}\n{{- end -}}\n`,
    "templates/configmap.yaml":
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include "${name}.fullname" . }}\n` +
      `  labels:\n{{ include "${name}.labels" . | indent 4 }}\ndata:\n` +
      `  extra: {{ tpl .Values.extra . | quote }}\n{{- range $key, $value := .Values.config }}\n` +
      `  {{ $key }}: {{ tpl $value $ | quote }}\n{{- end }}\n`,
    "templates/deployment.yaml":
      `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include "${name}.fullname" . }}\n  labels:\n` +
      `{{ include "${name}.labels" . | indent 4 }}\nspec:\n  replicas: {{ .Values.replicas }}\n  selector:\n    matchLabels:\n` +
      `      app: {{ .Values.name }}\n      release: {{ .Release.Name }}\n  template:\n    metadata:\n      labels:\n` +
      `{{ include "${name}.labels" . | indent 8 }}\n    spec:\n      containers:\n      - name: main\n` +
      `        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n        resources:\n` +
      `{{ toYaml .Values.resources | indent 10 }}\n        envFrom:\n        - configMapRef:\n` +
      `            name: {{ include "${name}.fullname" . }}\n`,
    "templates/service.yaml": `apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ include "${name}.fullname" . }}\n` +
      `  labels:\n{{ include "${name}.labels" . | indent 4 }}\nspec:\n  type: {{ .Values.service.type }}\n  ports:\n` +
      `  - port: {{ .Values.service.port }}\n  selector:\n    app: {{ .Values.name }}\n    release: {{ .Release.Name }}\n`,
  };
}

/** One values file of five million bytes (Helm 3 and 4 refuse files of more than 5 MiB), of which a part is rendered. */
export function largeValues(): Files {
  const rows: string[] = [];
  let sizeBytes = 0;
  for (let index = 0; sizeBytes < 4_995_000; index++) {
    const row = `- name: item-${index}\n  enabled: ${index % 3 === 0}\n  weight: ${index * 7 % 1000}\n` +
      `  labels: {tier: backend, zone: "eu-${index % 9}"}\n  note: "the ${index}th of many: short, plain and quoted"\n`;
    rows.push(row);
    sizeBytes += row.length;
  }
  return {
    "Chart.yaml": chartYaml("large-values"),
    "values.yaml": `shown: 200\nitems:\n${rows.join("")}`,
    "templates/items.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-items\ndata:\n" +
      "  count: {{ len .Values.items | quote }}\n{{- range $index, $item := .Values.items }}\n" +
      "{{- if lt $index (int $.Values.shown) }}\n  {{ $item.name }}: {{ $item.note | quote }}\n{{- end }}\n{{- end }}\n",
  };
}

/** A range over 20,000 items, each a line of a ConfigMap. */
export function manyItems(): Files {
  return {
    "Chart.yaml": chartYaml("many-items"),
    "values.yaml": "count: 20000\nprefix: item\n",
    "templates/_helpers.tpl":
      '{{- define "line" -}}\n{{ .prefix }}-{{ .index }}: {{ printf "%05d" .index | quote }}\n' +
      "{{- end -}}\n",
    "templates/items.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-items\ndata:\n" +
      "{{- range $index := until (int .Values.count) }}\n" +
      '  {{ include "line" (dict "prefix" $.Values.prefix "index" $index) }}\n{{- end }}\n',
  };
}

/** A chart of five megabytes in five files that do not compress well. */
export function largeChart(): Files {
  let state = 7;
  const random = (): number => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const file = (): string => {
    let text = "";
    for (let index = 0; index < 1_000_000; index++) {
      text += index % 80 === 79 ? "\n" : letters[Math.floor(random() * 64)];
    }
    return text;
  };
  return {
    "Chart.yaml": chartYaml("large"),
    "values.yaml": "name: large\n",
    ...Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`files/data-${index}.txt`, file()])),
    "templates/name.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\n",
  };
}

/** Kinds of {@linkcode manyObjects}, in the order in which they are created, and how many of ten. */
const KINDS = ["Secret", "ConfigMap", "ServiceAccount", "Service", "Deployment"] as const;
const SHARES = [1, 4, 1, 2, 2] as const;
/** Number of kinds in {@linkcode manyObjects}. */
export const KIND_COUNT = KINDS.length;

/** A chart that makes `--set count=N` objects of five kinds; `--set tag=…` changes them all. */
export function manyObjects(): Files {
  const files: Record<string, string> = {
    "Chart.yaml": chartYaml("many-objects"),
    "values.yaml": 'count: 50\ntag: "1.0"\n',
  };
  for (const [index, kind] of KINDS.entries()) {
    const share = SHARES[index] ?? 1;
    const head = `apiVersion: ${kind === "Deployment" ? "apps/v1" : "v1"}\nkind: ${kind}\nmetadata:\n` +
      `  name: {{ $.Release.Name }}-{{ $index }}\n  labels:\n    app: web-{{ $index }}\n    release: {{ $.Release.Name }}\n` +
      "  annotations:\n    version: {{ $.Values.tag | quote }}\n";
    files[`templates/${kind.toLowerCase()}.yaml`] =
      `{{- range $index := until (int (div (mul .Values.count ${share}) 10)) }}\n` +
      `---\n${head}${BODIES[kind]}{{- end }}\n`;
  }
  return files;
}

const BODIES: Readonly<Record<(typeof KINDS)[number], string>> = {
  Secret: 'type: Opaque\ndata:\n  password: {{ printf "%s-%d" $.Release.Name $index | b64enc }}\n',
  ConfigMap:
    "data:\n  config.yaml: |\n    name: web-{{ $index }}\n    tag: {{ $.Values.tag }}\n    listen: 0.0.0.0:8080\n" +
    "    log: {level: info, format: json}\n",
  ServiceAccount: "",
  Service:
    "spec:\n  ports:\n  - name: http\n    port: 80\n    targetPort: 8080\n  selector:\n    app: web-{{ $index }}\n",
  Deployment:
    "spec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: web-{{ $index }}\n  template:\n    metadata:\n" +
    "      labels:\n        app: web-{{ $index }}\n    spec:\n      containers:\n      - name: web\n" +
    '        image: "registry.example.com/web:{{ $.Values.tag }}"\n        ports:\n        - containerPort: 8080\n' +
    "        env:\n        - name: INDEX\n          value: {{ $index | quote }}\n        resources:\n" +
    "          requests: {cpu: 100m, memory: 128Mi}\n",
};
