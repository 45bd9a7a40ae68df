/**
 * Releases that the server's tests look at.
 *
 * @module
 */
import { chartFromFiles } from "../../mod.ts";
import type { Chart, Skeg } from "../../mod.ts";

/** Secrets of the releases: none of them may be in an answer. */
export const CANARIES: readonly string[] = [
  "canary-in-secret-4f1c",
  "canary-in-values-77ab",
  "canary-in-variable-90de",
  "canary-in-hook-5b2e",
  "90817263544",
];

/** Returns the chart of the release `web`. */
export function webChart(version = "1.0.0"): Chart {
  return chartFromFiles({
    "Chart.yaml": `name: web\nversion: ${version}\nappVersion: "2.0"\ndescription: A page\n`,
    "README.md": "# web\n",
    "values.yaml":
      `replicas: 1\nimage: {repository: nginx, tag: "1.0"}\nservice: {port: 80}\nunused: {colour: red}\nauth: {password: ""}\npin: {token: 0}\n`,
    "templates/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
      annotations: {skeg.dev/log: "connected with ${CANARIES[0]}"}
    spec:
      containers:
      - name: main
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
        args: [--password, {{ .Values.auth.password | quote }}]
        env:
        - name: DB_PASSWORD
          value: ${CANARIES[2]}
`,
    "templates/service.yaml": `apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {app: {{ .Release.Name }}}
  ports: [{port: {{ .Values.service.port }}}]
`,
    "templates/secret.yaml": `apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}}
stringData:
  password: ${CANARIES[0]}
  given: {{ .Values.auth.password | quote }}
`,
    "templates/hook.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations: {"helm.sh/hook": "pre-upgrade", "helm.sh/hook-weight": "3", "helm.sh/hook-delete-policy": before-hook-creation}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: x, env: [{name: API_TOKEN, value: ${CANARIES[3]}}]}]
`,
    "templates/NOTES.txt": `The password is ${CANARIES[0]}, or {{ .Values.auth.password }}.\n`,
  });
}

/** Installs `web` in three revisions, the second of which changed values and the third the chart, and `other`. */
export async function makeReleases(skeg: Skeg): Promise<void> {
  const auth = { password: CANARIES[1] };
  const pin = { token: Number(CANARIES[4]) };
  await skeg.install(webChart(), { name: "web", values: { auth, pin } });
  await skeg.upgrade("web", webChart(), { values: { auth, pin, replicas: 2 } });
  // A plan is bound to the content of objects, which controllers still change in the first moment.
  const settled = { wait: true, waitStrict: true } as const;
  await skeg.upgrade("web", webChart("1.1.0"), { values: { auth, pin, replicas: 2 }, ...settled });
  await skeg.install(
    chartFromFiles({
      "Chart.yaml": "name: other\nversion: 0.1.0\n",
      "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
    }),
    { name: "other" },
  );
}
