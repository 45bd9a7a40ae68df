/** The answers of the API of `skeg ui`, beside what the command line says of the same releases. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type {
  ContextsAnswer,
  DiffAnswer,
  DoctorAnswer,
  EventsAnswer,
  HealthLine,
  HooksAnswer,
  LiveObjectAnswer,
  ManifestAnswer,
  MeAnswer,
  NotesAnswer,
  OriginAnswer,
  ReleaseAnswer,
  ReleasesAnswer,
  ResourcesAnswer,
  RevisionsAnswer,
  StreamLine,
  ValuesAnswer,
  ValueUsesAnswer,
} from "../../app/ui/types.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { program } from "../_lib/program.ts";
import { CANARIES, makeReleases } from "./_releases.ts";
import { type ServedUi, withUi } from "./_server.ts";

const WEB = "/releases/sandbox/web";

/** Runs a command line on the same sandbox, and returns its document. */
// deno-lint-ignore no-explicit-any
async function document({ state, folder }: ServedUi, ...argv: string[]): Promise<any> {
  const { code, stdout, stderr } = await program([...argv, `--sandbox=${state}`, "--home", `${folder}/home`], {
    own: true,
  });
  ok(code === 0 || code === 2, stderr);
  return JSON.parse(stdout);
}

function withReleases(work: (ui: ServedUi) => Promise<void>): Promise<void> {
  return withUi({}, async (ui) => {
    await makeReleases(ui.skeg);
    await work(ui);
  });
}

/** Creates an object in the sandbox. */
async function inSandbox({ state }: ServedUi, { path, body }: { path: string; body: unknown }): Promise<void> {
  const sandbox = await openSandbox({ file: state });
  equal((await sandbox.transport({ method: "POST", path, body: JSON.stringify(body) })).status, 201);
  await sandbox.close();
}

Deno.test("releases, a release and its revisions equal list and history", () =>
  withReleases(async (ui) => {
    const { columns, rows, releases, revisions, counts } = await ui.json<ReleasesAnswer>("/releases");
    const at = (name: string): number => columns.indexOf(name);
    const listed = await document(ui, "list", "--all", "--output", "json");
    deepEqual(
      rows.map((
        row,
      ) => [
        row[at("name")],
        row[at("revision")],
        row[at("status")],
        `${row[at("chart")]}-${row[at("version")]}`,
        row[at("namespace")],
      ]),
      listed.Releases.map((
        each: Record<string, unknown>,
      ) => [each.Name, each.Revision, each.Status, each.Chart, each.Namespace]),
    );
    deepEqual([releases, revisions, counts], [2, 4, { DEPLOYED: 2 }]);
    const web = await ui.json<ReleaseAnswer>(WEB);
    const got = await document(ui, "get", "web", "-o", "json");
    deepEqual([web.revision, web.newest, web.status, web.description, web.chart], [
      got.revision,
      3,
      got.status,
      got.description,
      got.chart,
    ]);
    equal(web.lastDeployed, Date.parse(got.lastDeployed.replace(/\.\d+/, "")) / 1000);
    const history = await document(ui, "history", "web", "-o", "json");
    const answer = await ui.json<RevisionsAnswer>(`${WEB}/revisions`);
    deepEqual(
      answer.revisions.map((
        { revision, status, chart, version, description },
      ) => [revision, status, `${chart}-${version}`, description]),
      history.map((each: Record<string, unknown>) => [each.revision, each.status, each.chart, each.description])
        .reverse(),
    );
    deepEqual(answer.revisions.map(({ phrase }) => phrase), [
      "chart 1.0.0 -> 1.1.0",
      "values replicas; Deployment/web",
      "installed",
    ]);
    ok(answer.revisions.every(({ sizeBytes }) => (sizeBytes ?? 0) > 500));
    deepEqual((await ui.json<RevisionsAnswer>(`${WEB}/revisions?max=1`)).revisions.map(({ phrase }) => phrase), [
      "chart 1.0.0 -> 1.1.0",
    ]);
    equal((await ui.json<ReleasesAnswer>("/releases?revisions=1")).rows.length, 4);
  }));

Deno.test("the parts of a revision equal those of get, without secrets", () =>
  withReleases(async (ui) => {
    const base = `${WEB}/revisions/3`;
    const values = await ui.json<ValuesAnswer>(`${base}/values`);
    match(values.user, /replicas: 2/);
    match(values.user, /password: \(secret 21 bytes, [0-9a-f]{4}\)/);
    const leaf = (path: string) => values.leaves.find((each) => each.path === path);
    deepEqual([leaf("replicas")?.source, leaf("replicas")?.from], ["user", "given at revision 2"]);
    deepEqual([leaf("service.port")?.source, leaf("service.port")?.dead], ["chart", false]);
    match(leaf("service.port")?.from ?? "", /^values\.yaml/);
    equal(leaf("unused.colour")?.dead, true);
    deepEqual([leaf("auth.password")?.masked, leaf("pin.token")?.masked, leaf("replicas")?.masked], [
      true,
      true,
      false,
    ]);
    const manifest = await ui.json<ManifestAnswer>(`${base}/manifest`);
    deepEqual(manifest.documents.map(({ kind, name, template }) => `${kind}/${name} ${template}`), [
      "Secret/web templates/secret.yaml",
      "Service/web templates/service.yaml",
      "Deployment/web templates/web.yaml",
    ]);
    const lines = manifest.text.split("\n");
    for (const { line, template } of manifest.documents) {
      match(lines[line - 1] ?? "", new RegExp(`^# Source: web/${template}`));
    }
    const objects = (await document(ui, "get", "manifest", "web", "-o", "json")).objects;
    equal(manifest.documents.length, objects.length);
    const { hooks } = await ui.json<HooksAnswer>(`${base}/hooks`);
    const got = (await document(ui, "get", "hooks", "web", "-o", "json")).hooks;
    deepEqual(
      hooks.map(({ name, events, weight }) => [name, events, weight]),
      got.map((each: typeof hooks[0]) => [each.name, each.events, each.weight]),
    );
    match((await ui.json<NotesAnswer>(`${base}/notes`)).notes, /^The password is \(secret/);
    const line = lines.findIndex((text) => /replicas: 2/.test(text)) + 1;
    const origin = await ui.json<OriginAnswer>(`${base}/origins?line=${line}`);
    deepEqual([origin.object, origin.path, origin.places[0]?.file, origin.places[0]?.line], [
      "Deployment/web",
      "spec.replicas",
      "templates/web.yaml",
      6,
    ]);
    deepEqual(origin.values.map(({ path, text, source }) => [path, text, source]), [[
      "replicas",
      "2",
      "given at revision 2",
    ]]);
    const { uses } = await ui.json<ValueUsesAnswer>(`${base}/origins?value=service.port`);
    deepEqual(uses, [{ object: "Service/web", path: "spec.ports[0].port", isCondition: false }]);
    const chart = await ui.json<{ files: { path: string }[]; readme: string }>(`${base}/chart`);
    equal(chart.readme, "# web\n");
    ok(chart.files.some(({ path }) => path === "templates/web.yaml"));
    match((await ui.json<{ text: string }>(`${base}/chart?file=templates/service.yaml`)).text, /kind: Service/);
  }));

Deno.test("a diff equals diff revision -o json, and one with the cluster diff live", () =>
  withReleases(async (ui) => {
    // Marks of secrets differ from call to call.
    const plain = (data: unknown): unknown => JSON.parse(JSON.stringify(data).replaceAll(/, [0-9a-f]{4}\)/g, ")"));
    const answer = await ui.json<DiffAnswer>(`${WEB}/diff?from=1&to=2`);
    deepEqual(plain(answer), plain(await document(ui, "diff", "revision", "web", "1", "2", "-o", "json")));
    const { texts } = await ui.json<DiffAnswer>(`${WEB}/diff?from=1&to=2&text=1`);
    match(texts?.[0] ?? "", /- {3}replicas: 1\n\+ {3}replicas: 2/);
    const live = await ui.json<DiffAnswer>(`${WEB}/diff?from=3&to=live`);
    const byCommand = await document(ui, "diff", "live", "web", "-o", "json");
    deepEqual([live.operation, live.summary], [byCommand.operation, byCommand.summary]);
  }));

Deno.test("health, resources, one object and events are those of the cluster", () =>
  withReleases(async (ui) => {
    const lines = await ui.lines<HealthLine>("/releases/health", {
      ids: [["sandbox", "web"], ["sandbox", "other"], ["sandbox", "missing"], ["nowhere", "web"]],
    });
    const of = (ctx: string, name: string) => lines.find((line) => line.ctx === ctx && line.name === name);
    equal(lines.length, 4);
    deepEqual([of("sandbox", "other")?.state, of("sandbox", "other")?.words], ["ready", "ok"]);
    equal(of("sandbox", "web")?.total, 3);
    equal(of("sandbox", "missing")?.error?.kind, "not-found");
    equal(of("nowhere", "web")?.error?.kind, "not-found");
    const { objects, hooks, health } = await ui.json<ResourcesAnswer>(`${WEB}/resources?drift=1`);
    deepEqual(objects.map(({ gvk, name, drift }) => [gvk, name, drift]), [
      ["v1/Secret", "web", false],
      ["v1/Service", "web", false],
      ["apps/v1/Deployment", "web", false],
    ]);
    equal(health.total, 3);
    deepEqual(hooks.map(({ gvk, events }) => [gvk, events]), [["batch/v1/Job", ["pre-upgrade"]]]);
    const [set] = objects[2]?.owned ?? [];
    equal(set?.gvk, "apps/v1/ReplicaSet");
    equal(set?.owned.length, 2);
    const [pod] = set?.owned ?? [];
    equal(pod?.gvk, "v1/Pod");
    const deployment = await ui.json<LiveObjectAnswer>(`${WEB}/objects/apps%2Fv1%2FDeployment/default/web`);
    match(deployment.live, /replicas: 2/);
    match(deployment.record, /replicas: 2/);
    deepEqual(deployment.changes, []);
    const one = await ui.json<LiveObjectAnswer>(`${WEB}/objects/v1%2FPod/default/${pod?.name}`);
    equal(one.pod?.containers[0]?.name, "main");
    equal(one.record, "");
    await inSandbox(ui, {
      path: "/api/v1/namespaces/default/events",
      body: {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: "one" },
        involvedObject: { kind: "Pod", namespace: "default", name: pod?.name },
        type: "Warning",
        reason: "BackOff",
        message: `back-off with ${CANARIES[0]}`,
        count: 3,
        lastTimestamp: "2026-01-02T03:04:05Z",
        source: { component: "kubelet" },
      },
    });
    const { events } = await ui.json<EventsAnswer>(`${WEB}/events`);
    deepEqual(events.map(({ type, object, count, last, source }) => [type, object, count, last, source]), [
      ["Warning", `Pod/${pod?.name}`, 3, 1767323045, "kubelet"],
    ]);
    match(events[0]?.message ?? "", /^back-off with \(secret/);
    const some = await ui.json<EventsAnswer>(`${WEB}/events?kind=Deployment&namespace=default&name=web`);
    ok(some.events.every(({ object }) => object === "Deployment/web"));
  }));

Deno.test("me, contexts, doctor, charts and activity answer", () =>
  withReleases(async (ui) => {
    deepEqual((await ui.json<ContextsAnswer>("/contexts")).contexts, [{
      name: "sandbox",
      namespace: "default",
      current: true,
    }]);
    const me = await ui.json<MeAnswer>("/me?ctx=sandbox");
    deepEqual([me.server, me.sandbox, me.allowWrite, me.error], ["sandbox", true, false, null]);
    const doctor = await ui.json<DoctorAnswer>("/doctor");
    const byCommand = await document(ui, "doctor", "-o", "json");
    deepEqual([doctor.releases, doctor.findings, doctor.result], [
      byCommand.releases,
      byCommand.findings,
      byCommand.result,
    ]);
    deepEqual(await ui.json("/charts"), {
      repositories: [],
      columns: ["repo", "name", "version", "appVersion", "versions", "deprecated", "description"],
      rows: [],
    });
    ok((await ui.json<{ requests: number }>("/activity")).requests > 0);
  }));

Deno.test("a record that cannot be decoded has a row, and hides no other", () =>
  withReleases(async (ui) => {
    await inSandbox(ui, {
      path: "/api/v1/namespaces/kube-system/configmaps",
      body: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "broken.v1", labels: { OWNER: "TILLER", NAME: "broken", STATUS: "DEPLOYED", VERSION: "1" } },
        data: { release: "not a record" },
      },
    });
    const { rows, unreadable, releases } = await ui.json<ReleasesAnswer>("/releases?fields=name,status");
    deepEqual(rows, [["broken", "DEPLOYED"], ["other", "DEPLOYED"], ["web", "DEPLOYED"]]);
    deepEqual(unreadable, [{ ctx: "sandbox", text: "record broken.v1 cannot be read" }]);
    equal(releases, 3);
  }));

Deno.test("an answer has an ETag, and is not sent again while nothing changed", () =>
  withReleases(async (ui) => {
    for (const path of ["/releases", `${WEB}/revisions`, WEB, `${WEB}/revisions/3/manifest`]) {
      const first = await ui.ask(path);
      const etag = first.headers.get("etag") ?? "";
      match(etag, /^"[0-9a-f]{32}"$/);
      await first.body?.cancel();
      const again = await ui.ask(path, undefined, { headers: { "if-none-match": etag } });
      equal(again.status, 304, path);
      equal(await again.text(), "");
    }
    const { headers } = await ui.ask("/releases").then(async (answer) => (await answer.body?.cancel(), answer));
    await ui.skeg.delete("other", { purge: true });
    const changed = await ui.ask("/releases", undefined, { headers: { "if-none-match": headers.get("etag") ?? "" } });
    equal(changed.status, 200);
    await changed.body?.cancel();
  }));

Deno.test("a changed record is pushed as a row, and a purged release as gone", () =>
  withReleases(async (ui) => {
    const answer = await ui.ask("/events?topics=releases");
    const seen: StreamLine[] = [];
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const reading = (async () => {
      for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
        for (const line of part.value.split("\n")) if (line !== "") seen.push(JSON.parse(line));
      }
    })();
    const until = async (isThere: (line: StreamLine) => boolean, change = () =>
      Promise.resolve()): Promise<StreamLine> => {
      for (let tries = 0; tries < 30; tries++) {
        const found = seen.find(isThere);
        if (found !== undefined) {
          return found;
        }
        await change();
        await new Promise((resolve) =>
          setTimeout(resolve, 500)
        );
      }
      throw new Error(`not seen: ${JSON.stringify(seen)}`);
    };
    equal((await until(({ topic }) => topic === "hello")).topic, "hello");
    // The watch begins after its first list, at a moment that is not told.
    const pushed = await until(
      (line) => line.topic === "release" && line.name === "other",
      async () => void await ui.skeg.rollback("other", 1),
    );
    ok("row" in pushed && pushed.row.includes("other") && pushed.row.includes("DEPLOYED"), JSON.stringify(pushed));
    await ui.skeg.delete("other", { purge: true });
    await until((line) => line.topic === "gone" && line.name === "other");
    await reader?.cancel();
    await reading;
  }));
