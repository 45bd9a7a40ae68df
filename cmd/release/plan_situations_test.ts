/** The outputs of `plan`, `diff` and `apply` in the situations that people meet, word for word. */
import { doesNotMatch, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { environmentOf, openTarget } from "../../app/open_target.ts";
import type { KubeRequest } from "../../engine/kube/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program, type ProgramOptions } from "../../tests/_lib/program.ts";

const FILES = {
  "web/Chart.yaml": "name: web\nversion: 1.4.0\n",
  "web/values.yaml": "image: {tag: 1.27.2}\nmemory: 256Mi\ndatabase: {password: 0123456789abcdef}\n",
  "web/templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  strategy: {rollingUpdate: {maxUnavailable: 1}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: nginx:{{ .Values.image.tag }}
        resources:
          limits:
            memory: {{ .Values.memory }}
`,
  "web/templates/database.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web-database}
spec:
  serviceName: web-database
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "postgres:11"}]}
---
apiVersion: v1
kind: Secret
metadata: {name: web-database}
stringData: {password: {{ .Values.database.password }}}
`,
  "web/templates/service.yaml": `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{port: 80}]
`,
  "web/templates/parts.yaml": `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: web-uploads}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 50Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: web-public}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web-banner, annotations: {helm.sh/resource-policy: keep}}
`,
  "web/templates/ingress.yaml": `{{- if .Values.ingress }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: web.example.com
    http:
      paths:
      - path: /
        pathType: ImplementationSpecific
        backend: {service: {name: {{ .Values.ingress }}, port: {number: 80}}}
{{- end }}
`,
  "web/templates/hooks.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: web-migrations
  annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-weight: "-5", helm.sh/hook-delete-policy: before-hook-creation}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: web-migrations
  annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: before-hook-creation}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: m, image: "migrate:1"}]}}}
`,
};

/** The chart's next version: without the parts, and with another name for the database. */
const NEXT = {
  ...Object.fromEntries(
    Object.entries(FILES).filter(([path]) => !path.endsWith("/parts.yaml"))
      .map((
        [path, text],
      ) => [path.replace(/^web/, "next"), text.replace("serviceName: web-database", "serviceName: web-db")]),
  ),
  "next/Chart.yaml": "name: web\nversion: 2.0.0\n",
};

/** Returns an output without what differs in each run: digests of secrets and names of volumes. */
const settled = ({ stdout }: Outcome): string =>
  stdout.replace(/(\(secret \d+ bytes, )[0-9a-f]{4}\)/g, "$10000)").replace(
    /pvc-[0-9a-f-]{36}/,
    `pvc-${"0".repeat(36)}`,
  );

const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";

interface Bench {
  readonly run: (line: string, options?: ProgramOptions) => Promise<Outcome>;
  /** Edits an object as `kubectl edit` does, or as another manager. */
  readonly edit: (path: string, patch: unknown, manager?: string) => Promise<void>;
  readonly send: (request: KubeRequest) => Promise<void>;
  /** Rewrites the manifest of a revision's record, as an older cluster would have it. */
  readonly rewrite: (key: string, change: (manifest: string) => string) => Promise<void>;
}

async function openEnvironment(sandbox: string) {
  const cluster = await openTarget({ sandbox });
  const options = { storage: "configmap", tillerNamespace: "", historyMax: 0, report: () => {} };
  return { environment: await environmentOf(cluster, options), close: () => cluster.close() };
}

function withRelease(work: (bench: Bench) => Promise<void>): Promise<void> {
  return inFolder({ ...FILES, ...NEXT }, async (folder) => {
    const sandbox = join(folder, "state.db");
    const run = async (line: string, options?: ProgramOptions): Promise<Outcome> => {
      const words = line.split(" ").map((word) => word.startsWith("./") ? join(folder, word) : word);
      const outcome = await program([...words, `--sandbox=${sandbox}`], options);
      if (!/^(plan|diff|apply) /.test(line)) return outcome;
      const lines = `${outcome.stdout}${outcome.stderr}`.split("\n");
      // A path may be as long as it is.
      for (const text of lines) ok(text.length <= 80 || text.includes(folder), text);
      // In a pipe nothing is coloured.
      doesNotMatch(outcome.stdout + outcome.stderr, /\x1b/);
      return outcome;
    };
    const send = async (request: KubeRequest): Promise<void> => {
      const cluster = await openTarget({ sandbox });
      const answer = await cluster.transport(request);
      ok(answer.ok, await answer.text());
      await cluster.close();
    };
    const edit = (path: string, patch: unknown, manager = "kubectl-edit"): Promise<void> =>
      send({
        method: "PATCH",
        path: `${path}?fieldManager=${manager}`,
        contentType: "application/merge-patch+json",
        body: JSON.stringify(patch),
      });
    const rewrite: Bench["rewrite"] = async (key, change) => {
      const { environment, close } = await openEnvironment(sandbox);
      const release = await environment.driver.get(key);
      await environment.driver.update({ ...release, manifest: change(release.manifest) });
      await close();
    };
    equal((await run("install ./web --name web --namespace shop")).code, 0);
    await work({ run, edit, send, rewrite });
  });
}

Deno.test("an upgrade with one changed value", () =>
  withRelease(async ({ run }) => {
    equal(
      settled(await run("plan upgrade web ./web --reuse-values --set image.tag=1.27.3")),
      `web in shop: revision 1 -> 2, chart web 1.4.0, values changed

~ Deployment/web                                        restart, 3 pods
    spec.template.spec.containers[nginx].image
  -   nginx:1.27.2
  +   nginx:1.27.3                                      values image.tag
> pre-upgrade   ConfigMap/web-migrations   weight -5, replaced
> pre-upgrade   Job/web-migrations         weight 0, replaced

1 object changes, 6 stay as they are, 2 hooks run. Nothing is deleted.
note restart Deployment/web: 3 pods are replaced, at most 1 missing at a time
`,
    );
    equal(
      settled(await run("plan upgrade web ./web --reuse-values")),
      `web in shop: revision 1 -> 2, chart web 1.4.0, values unchanged

> pre-upgrade   ConfigMap/web-migrations   weight -5, replaced
> pre-upgrade   Job/web-migrations         weight 0, replaced

No changes: 7 objects are as revision 1 says. 2 hooks would run.
`,
    );
  }));

const EDIT = (image: string, memory: string) => ({
  spec: { template: { spec: { containers: [{ name: "nginx", image, resources: { limits: { memory } } }] } } },
});

Deno.test("an upgrade after somebody edited the cluster", () =>
  withRelease(async ({ run, edit }) => {
    await edit(DEPLOYMENT, EDIT("nginx:1.26-hotfix", "512Mi"));
    const line = "plan upgrade web ./web --reuse-values --set image.tag=1.27.3";
    equal(
      settled(await run(line)),
      `web in shop: revision 1 -> 2, chart web 1.4.0, values changed

~ Deployment/web                                        restart, 3 pods
    spec.template.spec.containers[nginx].image
  -   nginx:1.26-hotfix
  +   nginx:1.27.3                values image.tag, over an edit by kubectl-edit
    spec.template.spec.containers[nginx].resources.limits.memory
  !   512Mi, the chart says 256Mi          drift, stays (kubectl-edit, just now)
> pre-upgrade   ConfigMap/web-migrations   weight -5, replaced
> pre-upgrade   Job/web-migrations         weight 0, replaced

1 object changes, 6 stay as they are, 2 hooks run. Nothing is deleted. 1 field
stays drifted; --apply three-way would put it back.
note restart Deployment/web: 3 pods are replaced, at most 1 missing at a time
`,
    );
    equal(
      settled(await run(`${line} --apply three-way`)),
      `web in shop: revision 1 -> 2, chart web 1.4.0, values changed

~ Deployment/web                                        restart, 3 pods
    spec.template.spec.containers[nginx].image
  -   nginx:1.26-hotfix
  +   nginx:1.27.3                values image.tag, over an edit by kubectl-edit
    spec.template.spec.containers[nginx].resources.limits.memory
  -   512Mi
  +   256Mi                               drift, undone (kubectl-edit, just now)
> pre-upgrade   ConfigMap/web-migrations   weight -5, replaced
> pre-upgrade   Job/web-migrations         weight 0, replaced

1 object changes, 6 stay as they are, 2 hooks run. Nothing is deleted.
note restart Deployment/web: 3 pods are replaced, at most 1 missing at a time
`,
    );
    equal(
      settled(await run(`${line} --apply server-side`)),
      `web in shop: revision 1 -> 2, chart web 1.4.0, values changed

~ Deployment/web                                        restart, 3 pods
    spec.template.spec.containers[nginx].image
  -   nginx:1.26-hotfix
  +   nginx:1.27.3                values image.tag, over an edit by kubectl-edit
    spec.template.spec.containers[nginx].resources.limits.memory
  -   512Mi
  +   256Mi                               drift, undone (kubectl-edit, just now)
> pre-upgrade   ConfigMap/web-migrations   weight -5, replaced
> pre-upgrade   Job/web-migrations         weight 0, replaced

1 object changes, 6 stay as they are, 2 hooks run. Nothing is deleted.
warn takeover Deployment/web: takes over from kubectl-edit:
              spec.template.spec.containers[nginx].image,
              spec.template.spec.containers[nginx].resources.limits.memory
note restart Deployment/web: 3 pods are replaced, at most 1 missing at a time
`,
    );
  }));

Deno.test("an upgrade beside other managers", () =>
  withRelease(async ({ run, edit }) => {
    await edit(
      DEPLOYMENT,
      { spec: { template: { metadata: { annotations: { restartedAt: "noon" } } } } },
      "kubectl-rollout",
    );
    await edit(DEPLOYMENT, { spec: { replicas: 7 } }, "kube-controller-manager");
    await edit("/api/v1/namespaces/shop/services/web", { metadata: { labels: { team: "a" } } });
    equal(
      settled(await run("plan upgrade web ./web --reuse-values --set image.tag=1.27.3")),
      `web in shop: revision 1 -> 2, chart web 1.4.0, values changed

~ Deployment/web                                        restart, 7 pods
    spec.replicas
  =   7, the chart says 3                       kept for kube-controller-manager
    spec.template.metadata.annotations.restartedAt
  =   noon                                              kept for kubectl-rollout
    spec.template.spec.containers[nginx].image
  -   nginx:1.27.2
  +   nginx:1.27.3                                      values image.tag
> pre-upgrade   ConfigMap/web-migrations   weight -5, replaced
> pre-upgrade   Job/web-migrations         weight 0, replaced

1 object changes, 6 stay as they are, 2 hooks run. Nothing is deleted. 3 fields
are kept for other managers.
note restart Deployment/web: 7 pods are replaced, at most 1 missing at a time
`,
    );
    const same = await run("plan upgrade web ./web --reuse-values --detailed-exitcode --no-hooks");
    equal(same.code, 0);
    equal(
      settled(same),
      `web in shop: revision 1 -> 2, chart web 1.4.0, values unchanged

No changes: 7 objects are as revision 1 says. 3 fields are kept for other
managers.
`,
    );
    equal((await run("diff upgrade web ./web --reuse-values --no-hooks --output diff")).stdout, "");
    const { stdout } = await run("plan upgrade web ./web --reuse-values --no-hooks --full");
    ok(
      stdout.includes(`
= Service/web
    metadata.labels.team
  =   a                                                 kept for kubectl-edit
`),
      stdout,
    );
  }));

Deno.test("an upgrade to a chart that loses things", () =>
  withRelease(async ({ run }) => {
    equal(
      settled(await run("plan upgrade web ./next")),
      `web in shop: revision 1 -> 2, chart web 1.4.0 -> 2.0.0, values unchanged

~ StatefulSet/web-database                              refused by the server
    spec.serviceName
  -   web-database
  +   web-db                                     chart templates/database.yaml:5
- PersistentVolumeClaim/web-uploads                     chart: no longer in it
- Service/web-public                                    chart: no longer in it
= ConfigMap/web-banner                                kept: resource policy keep
> pre-upgrade   ConfigMap/web-migrations   weight -5, replaced
> pre-upgrade   Job/web-migrations         weight 0, replaced

1 object is refused, 2 would be deleted, 1 is kept, 3 stay as they are, 2 hooks
run.
DANGER immutable  StatefulSet/web-database: spec: Forbidden: updates to
                  statefulset spec for fields other than 'replicas', 'ordinals',
                  'template', 'updateStrategy', 'revisionHistoryLimit',
                  'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'
                  are forbidden. As it stands: this patch fails, nothing is
                  deleted, and revision 2 is FAILED. --force would recreate it
DANGER data       PersistentVolumeClaim/web-uploads: if it got so far: bound to
                  pvc-000000000000000000000000000000000000, reclaim policy
                  Delete: 50Gi would be destroyed
DANGER address    Service/web-public: if it got so far: 203.0.113.2 would be
                  given back
note kept    ConfigMap/web-banner: its resource policy keeps it; it will belong
             to no release
`,
    );
  }));

Deno.test("drift alone", () =>
  withRelease(async ({ run, edit, send }) => {
    await edit(DEPLOYMENT, { spec: { replicas: 7 } }, "kube-controller-manager");
    await edit("/api/v1/namespaces/shop/services/web", { spec: { externalTrafficPolicy: "Local" } });
    await send({ method: "DELETE", path: "/api/v1/namespaces/shop/configmaps/web-banner" });
    equal(
      settled(await run("diff live web")),
      `web in shop: revision 1 against the cluster

! ConfigMap/web-banner is gone
! Service/web
    spec.externalTrafficPolicy
  +   Local                                             kubectl-edit, just now
! Deployment/web
    spec.replicas
  -   3
  +   7                                        kube-controller-manager, just now

3 of 7 objects differ.
`,
    );
    equal(
      settled(await run("diff live web --ignore Service:/spec/externalTrafficPolicy")),
      `web in shop: revision 1 against the cluster

! ConfigMap/web-banner is gone
! Deployment/web
    spec.replicas
  -   3
  +   7                                        kube-controller-manager, just now

2 of 7 objects differ. 1 change is hidden by rules (--show-ignored shows it).
`,
    );
  }));

Deno.test("a saved plan that does not fit any more", () =>
  withRelease(async ({ run, edit }) => {
    equal((await run("plan upgrade web ./web --set image.tag=1.27.3 --plan-out ./plan.json")).code, 0);
    equal((await run("upgrade web ./web")).code, 0);
    await edit(DEPLOYMENT, { spec: { replicas: 7 } });
    const { code, stdout, stderr } = await run("apply ./plan.json --yes", { watched: true });
    equal(code, 3);
    equal(stdout, "");
    equal(
      stderr,
      `Error: the plan does not fit any more; nothing was changed
  release web     revision 2 was made since (plan: after 1)
  Deployment/web  spec.replicas 3 -> 7 since the plan was made
  6 other objects unchanged
Make the plan again, and review it.
`,
    );
  }));

Deno.test("two revisions with a secret", () =>
  withRelease(async ({ run }) => {
    equal((await run("upgrade web ./web --set database.password=0123456789abcdef01234567")).code, 0);
    equal(
      settled(await run("diff revision web 1 2")),
      `web in shop: revision 1 (today) -> 2 (today), chart web 1.4.0, values changed

~ Secret/web-database
    data.password
  -   (secret 16 bytes, 0000)
  +   (secret 24 bytes, 0000)                           values database.password

1 object differs, 8 are the same.
`,
    );
  }));

/** The Ingress of a record that a server before Kubernetes 1.22 took. */
const OLD_INGRESS = `apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: web.example.com
    http:
      paths:
      - {path: /, backend: {serviceName: web, servicePort: 80}}
`;

Deno.test("two revisions with a secret and an Ingress of an older API version", () =>
  withRelease(async ({ run, rewrite }) => {
    equal((await run("upgrade web ./web --set ingress=web")).code, 0);
    const isIngress = /apiVersion: networking\.k8s\.io\/v1\nkind: Ingress\n[^]*?number: 80\}\}\}\n?/;
    await rewrite("web.v2", (manifest) => manifest.replace(isIngress, OLD_INGRESS));
    const set = "--set database.password=0123456789abcdef01234567";
    equal((await run(`upgrade web ./web ${set},ingress=web-blue --removed-apis map`)).code, 0);
    equal(
      settled(await run("diff revision web 2 3")),
      `web in shop: revision 2 (today) -> 3 (today), chart web 1.4.0, values changed

~ Secret/web-database
    data.password
  -   (secret 16 bytes, 0000)
  +   (secret 24 bytes, 0000)                           values database.password
~ Ingress/web                         extensions/v1beta1 -> networking.k8s.io/v1
    spec.rules[web.example.com].http.paths[/].backend.service.name
  -   web
  +   web-blue                                          values ingress

2 objects differ, 8 are the same.
`,
    );
    equal((await run(`upgrade web ./web ${set},ingress=web-blue`)).code, 0);
    await rewrite("web.v3", (manifest) => manifest.replace(isIngress, OLD_INGRESS.replace(": web,", ": web-blue,")));
    // The mapping alone is no difference of fields.
    equal(
      settled(await run("diff revision web 3 4")),
      `web in shop: revision 3 (today) -> 4 (today), chart web 1.4.0, values unchanged

~ Ingress/web                         extensions/v1beta1 -> networking.k8s.io/v1

1 object differs, 9 are the same.
`,
    );
  }));
