/** Options of the library that have the names of flags, and what the commands do that is more than one operation. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { chartFromFiles, createSkeg, ReleaseError, type SkegInstallOptions } from "../mod.ts";

/** A chart with a ConfigMap for each name; `.Values.broken` adds an object that the server refuses. */
function chartOf(...names: string[]) {
  const objects = names.map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`);
  return chartFromFiles({
    "Chart.yaml": "name: hello\nversion: 1.0.0\n",
    "templates/a.yaml": objects.join("---\n"),
    "templates/z.yaml":
      "{{ if .Values.broken }}\napiVersion: v1\nkind: Service\nmetadata: {name: z}\nspec: {ports: [{port: 0}]}\n{{ end }}\n",
    "templates/hook.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hook, annotations: {helm.sh/hook: pre-install}}\n",
  });
}

const broken: SkegInstallOptions = { name: "web", values: { broken: true } };

Deno.test("install() with `atomic` purges what it recorded, says so, and rejects with a ReleaseError", async () => {
  const notes: string[] = [];
  const skeg = createSkeg({ sandbox: ":memory:", onEvent: (event) => event.type === "note" && notes.push(event.text) });
  await rejects(skeg.install(chartOf("a"), { ...broken, atomic: true }), (error) => {
    ok(error instanceof ReleaseError);
    equal(error.recorded, true);
    return true;
  });
  deepEqual(notes, ["the failed release was purged"]);
  deepEqual((await skeg.list({ all: true })).releases, []);
  await rejects(skeg.install(chartOf("a"), { ...broken, noHooks: true }), ReleaseError);
  deepEqual((await skeg.list()).releases.map(({ info }) => info.status.code), ["FAILED"]);
  await skeg.close();
});

Deno.test("install() with `atomic` leaves a release alone that had the name before", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  await skeg.install(chartOf("a"), { name: "web" });
  await rejects(skeg.install(chartOf("a"), { name: "web", atomic: true }), { kind: "exists" });
  equal((await skeg.get("web")).info.status.code, "DEPLOYED");
  await skeg.close();
});

Deno.test("upgrade() with `atomic` goes back to the deployed revision", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  await skeg.install(chartOf("a"), { name: "web" });
  await rejects(skeg.upgrade("web", chartOf("a", "b"), { values: { broken: true }, atomic: true }), ReleaseError);
  const [newest] = await skeg.history("web");
  equal(newest?.info.description, "Rollback to 1");
  equal(newest?.revision, 3);
  await skeg.close();
});

Deno.test("upgrade() with `install` installs a release that does not exist, and upgrades it afterwards", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  const options = { install: true, namespace: "shop" };
  const first = await skeg.upgrade("web", chartOf("a"), options);
  deepEqual([first.revision, first.namespace], [1, "shop"]);
  equal((await skeg.upgrade("web", chartOf("a", "b"), options)).revision, 2);
  await rejects(skeg.upgrade("other", chartOf("c")), { kind: "not-found" });
  await skeg.close();
});

Deno.test("list() lists the newest DEPLOYED and FAILED revisions; `revisions` and `statuses` list more", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  await skeg.install(chartOf("a"), { name: "web" });
  await rejects(skeg.upgrade("web", chartOf("a"), { values: { broken: true } }));
  const shown = async (options = {}) =>
    (await skeg.list(options)).releases.map(({ revision, info }) => `${revision} ${info.status.code}`);
  deepEqual(await shown(), ["2 FAILED"]);
  deepEqual(await shown({ revisions: true }), ["1 DEPLOYED", "2 FAILED"]);
  deepEqual(await shown({ statuses: ["DEPLOYED"] }), ["1 DEPLOYED"]);
  await skeg.delete("web");
  deepEqual(await shown(), []);
  deepEqual(await shown({ all: true }), ["2 DELETED"]);
  await skeg.close();
});

Deno.test("options have the names of flags: noHooks, replace, waitStrict, renderSubchartNotes", async () => {
  const hooks: string[] = [];
  const skeg = createSkeg({ sandbox: ":memory:", onEvent: (event) => event.type === "hook" && hooks.push(event.name) });
  await skeg.install(chartOf("a"), { name: "web", noHooks: true, waitStrict: true, wait: true });
  deepEqual(hooks, []);
  await skeg.delete("web", { noHooks: true });
  await skeg.install(chartOf("a"), { name: "web", replace: true, renderSubchartNotes: true });
  ok(hooks.length > 0);
  await skeg.close();
});
