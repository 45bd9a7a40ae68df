/** Requests and streams of `skeg ui` that end early: closed tabs, and the end of the server. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { ActivityAnswer, HealthLine, ReleasesAnswer, ResourcesAnswer } from "../../app/ui/types.ts";
import { chartFromFiles, type Driver, memoryDriver, SkegError } from "../../mod.ts";
import { type ServedUi, withUi } from "./_server.ts";

/** A storage whose lists never end, unless they are cancelled. */
function endlessDriver(): {
  readonly driver: Driver;
  readonly begun: Promise<void>;
  readonly cancelled: Promise<void>;
} {
  const [begun, cancelled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const driver: Driver = {
    ...memoryDriver(),
    heads: (_labels, options) => {
      begun.resolve();
      return new Promise((_resolve, reject) =>
        options?.signal?.addEventListener("abort", () => {
          cancelled.resolve();
          reject(new SkegError("aborted", "cancelled"));
        })
      );
    },
  };
  return { driver, begun: begun.promise, cancelled: cancelled.promise };
}

Deno.test("a closed tab cancels its requests to the cluster", () => {
  const { driver, begun, cancelled } = endlessDriver();
  return withUi({ open: () => ({ sandbox: ":memory:", storage: driver }) }, async (ui) => {
    const tab = new AbortController();
    const asked = ui.ask("/releases", undefined, { signal: tab.signal }).catch((error) => error.name);
    await begun;
    tab.abort();
    equal(await asked, "AbortError");
    await cancelled;
    equal((await ui.ask("/contexts").then(async (answer) => (await answer.body?.cancel(), answer))).status, 200);
    equal(ui.said.join("\n"), "");
  });
});

Deno.test("the end of the server cancels requests and ends streams", () => {
  const { driver, begun, cancelled } = endlessDriver();
  return withUi({ open: () => ({ sandbox: ":memory:", storage: driver }) }, async (ui) => {
    const stream = await ui.ask("/events?topics=activity");
    const asked = ui.ask("/releases").then((answer) => answer.body?.cancel(), () => {});
    await begun;
    const startedMs = performance.now();
    await ui.server.close();
    await cancelled;
    await asked;
    const text = await stream.text();
    ok(text.includes('"topic":"hello"'), text);
    ok(performance.now() - startedMs < 5000);
  });
});

/** Runs `work` with a page that has one release, and a function that counts the requests to the cluster of some work. */
function withWeb(
  work: (ui: ServedUi, requestsOf: (some: () => Promise<unknown>) => Promise<number>) => Promise<void>,
): Promise<void> {
  return withUi({}, async (ui) => {
    await ui.skeg.install(CHART, { name: "web" });
    const count = async (): Promise<number> => (await ui.json<ActivityAnswer>("/activity")).requests;
    await work(ui, async (some) => {
      const before = await count();
      await some();
      return await count() - before;
    });
  });
}

const CHART = chartFromFiles({
  "Chart.yaml": "name: web\nversion: 1.0.0\n",
  "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
});

const names = ({ rows }: ReleasesAnswer): unknown[] => rows.map((row) => row[2]);

Deno.test("while a tab follows the releases, a second list asks the cluster nothing", () =>
  withWeb(async (ui, requestsOf) => {
    const tab = new AbortController();
    const stream = await ui.ask("/events?topics=releases", undefined, { signal: tab.signal });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    const list = async (...wanted: string[]) => deepEqual(names(await ui.json("/releases")), wanted);
    await list("web");
    equal(await requestsOf(() => list("web")), 0);
    equal(await requestsOf(() => ui.json("/releases?fresh=1")), 1);
    await ui.skeg.install(CHART, { name: "later" });
    for (let text = ""; !text.includes('"later"');) text += (await reader?.read())?.value ?? "";
    equal(await requestsOf(() => list("later", "web")), 0);
    tab.abort();
    await reader?.cancel().catch(() => {});
  }));

Deno.test("while a tab follows the releases, health does not look for the newest revision", () =>
  withWeb(async (ui, requestsOf) => {
    await ui.skeg.upgrade("web", CHART);
    const health = async (): Promise<void> => {
      const [line] = await ui.lines<HealthLine>("/releases/health", { ids: [["sandbox", "web"]], fresh: true });
      deepEqual([line?.state, line?.total], ["ready", 1]);
    };
    await health();
    const alone = await requestsOf(health);
    const tab = new AbortController();
    const stream = await ui.ask("/events?topics=releases", undefined, { signal: tab.signal });
    await ui.json("/releases");
    equal(await requestsOf(health), alone - 1);
    tab.abort();
    await stream.body?.cancel().catch(() => {});
  }));

Deno.test("the objects of an older revision say nothing about the health of the release", () =>
  withWeb(async (ui) => {
    const later = chartFromFiles({ "Chart.yaml": "name: web\nversion: 2.0.0\n", "templates/b.yaml": OTHER });
    await ui.skeg.upgrade("web", later);
    const tab = new AbortController();
    const stream = await ui.ask("/events?topics=releases", undefined, { signal: tab.signal });
    await ui.json("/releases");
    const old = await ui.json<ResourcesAnswer>("/releases/sandbox/web/resources?revision=1");
    deepEqual([old.revision, old.health.state], [1, "missing"]);
    const [line] = await ui.lines<HealthLine>("/releases/health", { ids: [["sandbox", "web"]] });
    equal(line?.state, "ready");
    tab.abort();
    await stream.body?.cancel().catch(() => {});
  }));

const OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n";

const WITH_SECRET = chartFromFiles({
  "Chart.yaml": "name: web\nversion: 1.0.0\n",
  "values.yaml": "replicas: 1\n",
  "templates/a.yaml":
    "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {password: canary-4711}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: {{ .Values.replicas }}\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: main, image: x}]}\n",
});

Deno.test("the topic objects gives the objects of a release, and again after a change of one", () =>
  withUi({}, async (ui) => {
    await ui.skeg.install(WITH_SECRET, { name: "web", wait: true });
    const tab = new AbortController();
    const path = "/events?ctx=sandbox&topics=objects&release=web&revision=1";
    const stream = await ui.ask(path, undefined, { signal: tab.signal });
    const looks: ResourcesAnswer[] = [];
    const all: string[] = [];
    let rest = "";
    for await (const text of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      all.push(...lines);
      for (const line of lines.map((each) => JSON.parse(each))) {
        if (line.topic === "objects") looks.push(line.resources);
      }
      if (looks.length === 1 && all.length === 2) {
        // The release has a new revision; the stream stays with the objects of the one that was asked for.
        await ui.skeg.upgrade("web", WITH_SECRET, { set: ["replicas=2"] });
      }
      if (podsOf(looks.at(-1)) === 2) break;
    }
    tab.abort();
    equal(JSON.parse(all[0] ?? "").topic, "hello");
    deepEqual(looks[0]?.objects.map(({ kind, state }) => [kind, state]), [["Secret", "ready"], [
      "Deployment",
      "ready",
    ]]);
    deepEqual([podsOf(looks[0]), looks.at(-1)?.revision], [1, 1]);
    ok(looks.every((look, index) => JSON.stringify(look) !== JSON.stringify(looks[index - 1])));
    ok(!all.join("").includes("canary-4711"));
  }));

function podsOf(look: ResourcesAnswer | undefined): number | undefined {
  return look?.objects.find(({ kind }) => kind === "Deployment")?.owned.flatMap(({ owned }) => owned).length;
}

Deno.test("the topic objects says what is wrong: no release is named, or it does not exist", () =>
  withUi({}, async (ui) => {
    const answer = await ui.ask("/events?topics=objects");
    deepEqual([answer.status, (await answer.json()).error.message], [400, "the topic objects needs a release"]);
    const [hello, failure] = await ui.lines<Record<string, { kind: string }>>("/events?topics=objects&release=none");
    deepEqual([hello?.topic, failure?.error?.kind], ["hello", "not-found"]);
  }));

Deno.test("with readAhead, releases are read before anything asks for them", () => {
  const { driver, listed } = countingDriver();
  return withUi({ readAhead: true, open: () => ({ sandbox: ":memory:", storage: driver }) }, async (ui) => {
    await listed;
    equal((await ui.json<ReleasesAnswer>("/releases")).releases, 0);
  });
});

/** A storage that tells when it was listed first. */
function countingDriver(): { readonly driver: Driver; readonly listed: Promise<void> } {
  const listed = Promise.withResolvers<void>();
  const driver: Driver = {
    ...memoryDriver(),
    heads: () => {
      listed.resolve();
      return Promise.resolve([]);
    },
  };
  return { driver, listed: listed.promise };
}

Deno.test("a list has the version of its records, which is compared without reading it", () =>
  withWeb(async (ui) => {
    const etagOf = async (path: string, etag?: string): Promise<[number, string]> => {
      const answer = await ui.ask(path, undefined, etag === undefined ? {} : { headers: { "if-none-match": etag } });
      await answer.body?.cancel();
      return [answer.status, answer.headers.get("etag") ?? ""];
    };
    const [, whole] = await etagOf("/releases");
    const [, columns] = await etagOf("/releases?fields=name");
    const [, revisions] = await etagOf("/releases?revisions=1");
    equal(new Set([whole, columns, revisions]).size, 3);
    deepEqual(await etagOf("/releases", whole), [304, whole]);
    deepEqual(await etagOf("/releases?fields=name", whole), [200, columns]);
    await ui.skeg.upgrade("web", CHART);
    const [status, next] = await etagOf("/releases", whole);
    equal(status, 200);
    ok(next !== whole);
  }));
