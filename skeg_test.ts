import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { chartFromFiles, createSkeg, type ReleaseEvent, SkegError } from "./mod.ts";
import { inFolder } from "./tests/_lib/folder.ts";

const FILES = {
  "Chart.yaml": "name: web\nversion: 1.0.0\n",
  "values.yaml": "greeting: hello\n",
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  greeting: {{ required "a greeting" .Values.greeting }}
`,
};

Deno.test("createSkeg() takes a release through its life", async () => {
  const events: ReleaseEvent[] = [];
  const skeg = createSkeg({ sandbox: ":memory:", namespace: "shop", onEvent: (event) => events.push(event) });
  try {
    const chart = chartFromFiles(FILES);
    const first = await skeg.install(chart, { name: "web" });
    deepEqual([first.name, first.namespace, first.revision, first.info.status.code], ["web", "shop", 1, "DEPLOYED"]);
    const second = await skeg.upgrade("web", chart, { values: { set: ["greeting=hi"] } });
    deepEqual([second.revision, second.config?.raw], [2, "greeting: hi\n"]);
    ok((await skeg.status("web")).info.status.resources.includes("==> v1/ConfigMap"));
    equal((await skeg.rollback("web")).revision, 3);
    deepEqual((await skeg.history("web")).map(({ revision, info }) => [revision, info.status.code]), [
      [3, "DEPLOYED"],
      [2, "SUPERSEDED"],
      [1, "SUPERSEDED"],
    ]);
    equal((await skeg.get("web", { revision: 2 })).config?.raw, "greeting: hi\n");
    equal((await skeg.list()).releases.length, 1);
    equal((await skeg.test("web")).failures, 0);
    equal((await skeg.delete("web", { purge: true })).release.name, "web");
    equal((await skeg.list()).total, 0);
    ok(events.some((event) => event.type === "object" && event.progress.object === "ConfigMap/web"));
  } finally {
    await skeg.close();
  }
});

Deno.test("createSkeg() loads charts from paths and takes values as text", () =>
  inFolder(
    Object.fromEntries(Object.entries(FILES).map(([path, text]) => [join("web", path), text])),
    async (folder) => {
      const skeg = createSkeg({ sandbox: join(folder, "state.db"), storage: "secret" });
      const release = await skeg.install(join(folder, "web"), { name: "web", values: "greeting: hi\n" });
      equal(release.namespace, "default");
      await skeg.close();
      const again = createSkeg({ sandbox: join(folder, "state.db"), storage: "secret" });
      equal((await again.get("web")).config?.raw, "greeting: hi\n");
      await again.close();
    },
  ));

Deno.test("createSkeg() rejects with a SkegError that says what is wrong", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  await rejects(skeg.get("nope"), (error) => error instanceof SkegError && error.kind === "not-found");
  await rejects(
    skeg.install(chartFromFiles(FILES), { name: "web", values: { set: ["greeting="] } }),
    (error) => error instanceof SkegError && error.kind === "template",
  );
  await skeg.close();
});

Deno.test("createSkeg() stops when the caller's signal fires", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  const stop = AbortSignal.abort(new SkegError("aborted", "enough"));
  await rejects(skeg.install(chartFromFiles(FILES), { name: "web", signal: stop }));
  equal((await skeg.list()).total, 0);
  await skeg.close();
});

Deno.test("importing the library opens nothing and loads no cluster client", async () => {
  const root = import.meta.dirname ?? ".";
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", join(root, "mod.ts")],
    stdout: "piped",
    stderr: "null",
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: {
      specifier: string;
      dependencies?: { specifier: string; code?: { specifier?: string }; isDynamic?: boolean }[];
    }[];
  };
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const seen = new Set<string>();
  const visit = (specifier: string): void => {
    if (seen.has(specifier)) return;
    seen.add(specifier);
    for (const { code, isDynamic } of bySpecifier.get(specifier)?.dependencies ?? []) {
      if (!isDynamic && code?.specifier !== undefined) visit(code.specifier);
    }
  };
  visit(
    modules.find(({ specifier }) =>
      specifier.endsWith("/mod.ts") && !/\/(?:cmd|engine|model|storage)\//.test(specifier)
    )
      ?.specifier ?? "",
  );
  ok(seen.size > 50);
  deepEqual([...seen].filter((specifier) => /\/engine\/(?:kube|sandbox|release)\//.test(specifier)), []);
});
