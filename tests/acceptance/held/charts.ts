/**
 * The chart of most rows, as a folder: objects of six kinds that show their
 * version, and a Job hook for every event.
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Variants of a chart. */
export interface ChartShape {
  /** `helm.sh/hook-delete-policy` of its hooks; without, it has no hooks. */
  readonly policy?: string | undefined;
}

const EVENTS = ["install", "upgrade", "rollback", "delete"].flatMap((verb) => [`pre-${verb}`, `post-${verb}`]);

/** Writes files below a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/**
 * Writes a version of the chart, unless it is there, and returns its folder.
 * Odd versions have an object `first`, even ones `later` in its place.
 */
export function chartFolder(below: string, version: number, { policy }: ChartShape = {}): string {
  const folder = join(below, `chart-${version}-${policy?.replaceAll(/\W+/g, "-") ?? "plain"}`);
  if (existsSync(join(folder, "Chart.yaml"))) return folder;
  const object = (kind: string, name: string, rest: string, apiVersion = "v1"): string =>
    `apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: {{ .Release.Name }}-${name}, labels: {held: "{{ .Release.Name }}", version: "${version}"}}
${rest}
`;
  const hooks = policy === undefined ? [] : EVENTS.map((event) => [`templates/${event}.yaml`, hook(event, policy)]);
  writeFiles(folder, {
    "templates/a.yaml": object("ConfigMap", "a", `data: {version: "${version}", size: "{{ .Values.size }}"}`),
    "templates/b.yaml": object("ConfigMap", "b", `data: {version: "${version}"}`),
    "templates/c.yaml": object("ConfigMap", thirdOf(version), `data: {version: "${version}"}`),
    "templates/secret.yaml": object("Secret", "s", `stringData: {version: "${version}"}`),
    "templates/account.yaml": object("ServiceAccount", thirdOf(version), ""),
    "templates/service.yaml": object("Service", "web", `spec: {ports: [{port: ${80 + version}}]}`),
    "templates/deployment.yaml": object("Deployment", "web", deployment(version), "apps/v1"),
    ...Object.fromEntries(hooks),
    "values.yaml": "size: 1\n",
    "Chart.yaml": `name: held\nversion: 0.${version}.0\n`, // last: it says that the folder is whole
  });
  return folder;
}

/** Names of the objects of a version, by kind, sorted. */
export function objectsOf(version: number, release: string): string[] {
  const names = ["ConfigMap/a", "ConfigMap/b", "Secret/s", "Service/web", "Deployment/web"]
    .concat(`ConfigMap/${thirdOf(version)}`, `ServiceAccount/${thirdOf(version)}`);
  return names.map((name) => name.replace("/", `/${release}-`)).sort();
}

function thirdOf(version: number): string {
  return version % 2 === 1 ? "first" : "later";
}

function deployment(version: number): string {
  return `spec:
  replicas: 1
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "example.invalid/main:${version}"}]}
`;
}

function hook(event: string, policy: string): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-${event}
  annotations: {helm.sh/hook: ${event}, helm.sh/hook-delete-policy: "${policy}"}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: example.invalid/main}]
`;
}
