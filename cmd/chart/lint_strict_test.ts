/** Tests of `lint --strict-kubernetes`. */
import { deepEqual, equal, match } from "node:assert/strict";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";

const CHART = {
  "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\nicon: https://x/y.png\n",
  "web/values.yaml": "port: web\n",
};

const POD = "containers: [{name: a, image: b}]";

/** Returns the findings about templates, and the exit status. */
async function lint(
  templates: Record<string, string>,
  flags: readonly string[] = [],
): Promise<{ code: number; found: string[] }> {
  const files = Object.fromEntries(Object.entries(templates).map(([name, text]) => [`web/templates/${name}`, text]));
  let result = { code: 0, found: [] as string[] };
  await inFolder({ ...CHART, ...files }, async (folder) => {
    const { code, stdout } = await program(["lint", "--strict-kubernetes", ...flags, `${folder}/web`]);
    result = { code, found: stdout.split("\n").filter((line) => line.startsWith("[")) };
  });
  return result;
}

Deno.test("lint --strict-kubernetes names unknown and mistyped fields with the template line that wrote them", async () => {
  const { code, found } = await lint({
    "web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replica: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: x
        ports:
        {{- if true }}
        - containerPort: {{ .Values.port }}
        {{- end }}
        tty: "yes"
`,
  });
  equal(code, 1);
  deepEqual(found, [
    '[ERROR] templates/web.yaml: line 6: Deployment "web": spec.replica: unknown field; did you mean replicas?',
    '[ERROR] templates/web.yaml: line 16: Deployment "web": spec.template.spec.containers[0].ports[0].containerPort: ' +
    "wants a whole number, found a text",
    '[ERROR] templates/web.yaml: line 18: Deployment "web": spec.template.spec.containers[0].tty: ' +
    "wants true or false, found a text",
  ]);
});

Deno.test("lint --strict-kubernetes finds invalid names, labels and values as the server words them", async () => {
  const { found } = await lint({
    "a.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: Web_1\n  labels:\n    a: b c\n`,
    "b.yaml": `apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec:\n  ports:\n  - port: 0\n`,
  });
  match(
    found[0] ?? "",
    /^\[ERROR\] templates\/a.yaml: line 4: ConfigMap "Web_1": metadata.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain/,
  );
  match(
    found[1] ?? "",
    /^\[ERROR\] templates\/a.yaml: line 5: ConfigMap "Web_1": metadata.labels: Invalid value: "b c"/,
  );
  match(found[2] ?? "", /^\[ERROR\] templates\/b.yaml: line 6: Service "db": spec.ports\[0\].port: Invalid value: 0/);
});

Deno.test("lint --strict-kubernetes tells unknown kinds of Kubernetes from custom ones, and checks those that the chart defines", async () => {
  const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: cogs.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Cog, plural: cogs, singular: cog, listKind: CogList}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {teeth: {type: integer}}}
`;
  const { found } = await lint({
    "a.yaml": "apiVersion: apps/v1\nkind: Deploy\nmetadata: {name: a}\n",
    "b.yaml": "apiVersion: other.example.com/v1\nkind: Wheel\nmetadata: {name: b}\n",
    "c.yaml": `${crd}---\napiVersion: example.com/v1\nkind: Cog\nmetadata: {name: c}\nspec:\n  teeth: many\n`,
    "d.yaml": "kind: Pod\nmetadata: {name: d}\n",
  });
  deepEqual(found.slice(0, 2), [
    '[ERROR] templates/a.yaml: line 2: Deploy "a": kind: Kubernetes has no kind Deploy in apps/v1',
    '[INFO] templates/b.yaml: line 2: Wheel "b": kind: other.example.com/v1 Wheel needs a CustomResourceDefinition in the cluster',
  ]);
  match(found[2] ?? "", /^\[ERROR\] templates\/c.yaml: line 22: Cog "c": spec.teeth: Invalid value/);
  equal(found[3], '[ERROR] templates/d.yaml: line 1: Pod "d": apiVersion is missing');
});

Deno.test("lint --strict-kubernetes finds removed versions for --kube-version, and none in a release that has them", async () => {
  const job = `apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: "* * * * *", ` +
    `jobTemplate: {spec: {template: {spec: {restartPolicy: Never, ${POD}}}}}}\n`;
  deepEqual((await lint({ "a.yaml": job })).found, [
    '[ERROR] templates/a.yaml: line 1: CronJob "a": apiVersion: batch/v1beta1 is not served since Kubernetes 1.25; use batch/v1',
  ]);
  const { code, found } = await lint({ "a.yaml": job }, ["--kube-version", "1.20"]);
  deepEqual([code, found.filter((line) => !line.startsWith("[INFO]"))], [0, []]);
});

Deno.test("lint --strict-kubernetes finds duplicates, hooks that Helm ignores, and selectors without pods", async () => {
  const map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: same\n";
  const hook = (event: string, more = "") =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations:\n    helm.sh/hook: ${event}\n${more}`;
  const service = (name: string, app: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n  ports: [{port: 80}]\n  selector: {app: ${app}}\n`;
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: web}}\nspec: {${POD}}\n`;
  const { code, found } = await lint({
    "a.yaml": map,
    "b.yaml": `---\n${map}`,
    "c.yaml": hook("pre-instal", "    helm.sh/hook-delete-policy: hook-done\n    helm.sh/hook-weight: five\n"),
    "d.yaml": `${service("good", "web")}---\n${service("bad", "wed")}---\n${pod}`,
    "e.yaml": `${hook("pre-install")}---\n${hook("pre-upgrade")}`,
  });
  equal(code, 1);
  deepEqual(found, [
    '[ERROR] templates/b.yaml: line 5: ConfigMap "same": metadata.name: the object is also in templates/a.yaml line 2',
    '[WARNING] templates/c.yaml: line 6: ConfigMap "hook": metadata.annotations[helm.sh/hook]: unknown hook event ' +
    '"pre-instal": Helm 2 leaves the object out',
    '[WARNING] templates/c.yaml: line 7: ConfigMap "hook": metadata.annotations[helm.sh/hook-delete-policy]: unknown delete ' +
    'policy "hook-done": Helm 2 ignores it',
    '[WARNING] templates/c.yaml: line 8: ConfigMap "hook": metadata.annotations[helm.sh/hook-weight]: the weight of a hook is ' +
    "a whole number: Helm 2 takes 0",
    '[WARNING] templates/d.yaml: line 13: Service "bad": spec.selector: the selector matches no pods of the chart',
  ]);
});

Deno.test("lint --strict-kubernetes reads documents as Helm does, and names the line of an included template", async () => {
  const { found } = await lint({
    "_web.tpl": '{{ define "web.spec" }}\nspec:\n  portz: []\n{{ end }}\n',
    "a.yaml": "---\n{{- if true -}}\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n{{- end }}\n",
    "b.yaml":
      'apiVersion: v1\nkind: Service\nmetadata: {name: b, labels: {x: z}, labels: {x: z}}\n{{ include "web.spec" . }}\n',
    "c.yaml":
      "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c}\n  dat: {}\n",
  });
  match(found[0] ?? "", /^\[ERROR\] templates\/b.yaml: line 4: Service "b": spec.portz: unknown field/);
  equal(found.at(-1), '[ERROR] templates/c.yaml: line 7: ConfigMap "c": dat: unknown field; did you mean data?');
  equal(found.some((line) => line.includes("a.yaml")), false);
});

Deno.test("lint without --strict-kubernetes is Helm's", async () => {
  await inFolder({ ...CHART, "web/templates/a.yaml": "apiVersion: v1\nkind: Pot\n" }, async (folder) => {
    const { stdout } = await program(["lint", `${folder}/web`]);
    equal(stdout, `==> Linting ${folder}/web\nLint OK\n\n1 chart(s) linted, no failures\n`);
  });
});
