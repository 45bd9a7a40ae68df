/**
 * Operations × creator of the object: an object without a release, or of another
 * release, must still exist after every operation.
 */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { getRelease, install, list, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import type { Chart, KubeObject } from "../../engine/model/mod.ts";
import { type Stage, story } from "./_cluster.ts";

/** A chart of ConfigMaps. With `fails`, an invalid Service makes the operation fail after the ConfigMaps. */
function chartOf(names: readonly string[], { fails = false, text = "chart" } = {}): Chart {
  const service = "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 70000}]}\n";
  return chartFromFiles({
    "Chart.yaml": "name: site\nversion: 0.1.0\n",
    ...Object.fromEntries(names.map((name) => [
      `templates/${name}.yaml`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {text: ${text}}\n`,
    ])),
    ...fails ? { "templates/bad.yaml": service } : {},
  });
}

/** The creator of the ConfigMap `x` before the operation: a client outside of any release, or another release. */
type Maker = "nobody" | "another release";
const MAKERS: readonly Maker[] = ["nobody", "another release"];

/** Creates `x`, and waits until the server's clock has advanced. */
async function made({ env, namespace, send }: Stage, maker: Maker): Promise<void> {
  if (maker === "another release") {
    await install(env, { name: "other", namespace, chart: chartOf(["x"], { text: "theirs" }) });
  } else {
    await send("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "x" },
      data: { text: "theirs" },
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 1100));
}

async function x({ read, namespace }: Stage): Promise<KubeObject | undefined> {
  return await read(`/api/v1/namespaces/${namespace}/configmaps/x`);
}

/** Operations on a release `web` whose chart contains `x`. */
const TRIED: Readonly<Record<string, (stage: Stage) => Promise<unknown>>> = {
  "install": async ({ env, namespace }) => {
    await rejects(
      install(env, { name: "web", namespace, chart: chartOf(["a", "x"]) }),
      /configmaps "x" already exists/,
    );
  },
  "install, then delete --purge": async (stage) => {
    await TRIED["install"]?.(stage);
    await uninstall(stage.env, { name: "web", purge: true });
  },
  "install, then delete, then delete --purge": async (stage) => {
    await TRIED["install"]?.(stage);
    await uninstall(stage.env, { name: "web" });
    await uninstall(stage.env, { name: "web", purge: true });
  },
  "install, then install --replace, then delete --purge": async (stage) => {
    const { env, namespace } = stage;
    await TRIED["install"]?.(stage);
    await rejects(
      install(env, { name: "web", namespace, chart: chartOf(["a", "x"]), reuseName: true }),
      /already exists/,
    );
    await uninstall(env, { name: "web", purge: true });
  },
  "install, then install --replace without it": async (stage) => {
    await TRIED["install"]?.(stage);
    await install(stage.env, { name: "web", namespace: stage.namespace, chart: chartOf(["a"]), reuseName: true });
    await uninstall(stage.env, { name: "web", purge: true });
  },
  "install, then upgrade --force": async (stage) => {
    const { env } = stage;
    await TRIED["install"]?.(stage);
    await rejects(upgrade(env, { name: "web", chart: chartOf(["a", "x"]), force: true }), /already exists/);
    await uninstall(env, { name: "web", purge: true });
  },
  "upgrade that names it, then delete --purge": async ({ env, namespace }) => {
    await install(env, { name: "web", namespace, chart: chartOf(["a"]) });
    await rejects(upgrade(env, { name: "web", chart: chartOf(["a", "b", "x"]) }), /already exists in the cluster/);
    await uninstall(env, { name: "web", purge: true });
  },
  "upgrade --cleanup-on-fail that names it": async ({ env, namespace }) => {
    await install(env, { name: "web", namespace, chart: chartOf(["a"]) });
    const chart = chartOf(["a", "b", "x"]);
    await rejects(upgrade(env, { name: "web", chart, cleanupOnFail: true }), /already exists in the cluster/);
    await uninstall(env, { name: "web", purge: true });
  },
  "upgrade --atomic that names it": async ({ env, namespace }) => {
    await install(env, { name: "web", namespace, chart: chartOf(["a"]) });
    await rejects(upgrade(env, { name: "web", chart: chartOf(["a", "b", "x"]) }), /already exists in the cluster/);
    await rollback(env, { name: "web", revision: 1 }); // as --atomic does
    await uninstall(env, { name: "web", purge: true });
  },
  "rollback to a revision that failed on it": async ({ env, namespace }) => {
    await install(env, { name: "web", namespace, chart: chartOf(["a"]) });
    await rejects(upgrade(env, { name: "web", chart: chartOf(["a", "x"]) }), /already exists in the cluster/);
    await rejects(rollback(env, { name: "web", revision: 2 }), /already exists in the cluster/);
    await rollback(env, { name: "web", revision: 1 });
    await uninstall(env, { name: "web", purge: true });
  },
};

for (const maker of MAKERS) {
  for (const [operation, attempt] of Object.entries(TRIED)) {
    // Pins Q49.
    story(`an object of ${maker} survives: ${operation}`, async (stage) => {
      await made(stage, maker);
      const before = await x(stage);
      await attempt(stage);
      const after = await x(stage);
      deepEqual([after?.metadata?.uid, after?.data], [before?.metadata?.uid, { text: "theirs" }]);
      if (maker === "another release") {
        equal((await getRelease(stage.env, { name: "other" })).info.status.code, "DEPLOYED");
      }
      // Of web only the object that it did not create is left.
      if (operation.endsWith("purge")) deepEqual(await stage.names("configmaps"), ["x"]);
    });
  }
}

// Pins Q49.
story("an install names everything that exists, creates nothing, and says whose it is", async (stage) => {
  const { env, namespace, names } = stage;
  await made(stage, "another release");
  const chart = chartOf(["a", "b", "x"], { text: "mine" });
  await install(env, { name: "third", namespace, chart: chartOf(["b"]) });
  await rejects(install(env, { name: "web", namespace, chart }), (error: Error & { details?: string }) => {
    equal(error.message, 'release web failed: configmaps "b" already exists');
    match(error.details ?? "", /2 objects of the chart exist already/);
    match(error.details ?? "", /ConfigMap "b" in namespace "[^"]+", of release "third"/);
    match(error.details ?? "", /ConfigMap "x" in namespace "[^"]+", of release "other"/);
    match(error.details ?? "", /--adopt --take-ownership/);
    return true;
  });
  deepEqual(await names("configmaps"), ["b", "x"]);
  const { info } = await getRelease(env, { name: "web" });
  deepEqual(info.status.code, "FAILED");
  match(info.description, /already exists; nothing was changed$/);
});

story("what this release made goes, also when it failed", async (stage) => {
  const { env, namespace, names } = stage;
  const chart = chartOf(["a", "b"], { fails: true });
  await rejects(install(env, { name: "web", namespace, chart }), /bad/);
  deepEqual(await names("configmaps"), ["a", "b"]);
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), []);

  await install(env, { name: "web", namespace, chart: chartOf(["a"]) });
  await rejects(upgrade(env, { name: "web", chart: chartOf(["a", "c"], { fails: true }) }), /bad/);
  await rollback(env, { name: "web", revision: 1 });
  deepEqual(await names("configmaps"), ["a"]);
  await rejects(upgrade(env, { name: "web", chart: chartOf(["a", "d"], { fails: true }) }), /bad/);
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), []);
});

for (const operation of ["install", "upgrade"] as const) {
  story(
    `${operation} --adopt takes over what belongs to nobody, and from then on it is the release's own`,
    async (stage) => {
      const { env, namespace, names, events } = stage;
      await made(stage, "nobody");
      const before = await x(stage);
      if (operation === "upgrade") {
        await install(env, { name: "web", namespace, chart: chartOf(["a"]) });
        await upgrade(env, { name: "web", chart: chartOf(["a", "x"]), adopt: true });
      } else await install(env, { name: "web", namespace, chart: chartOf(["a", "x"]), adopt: true });
      const after = await x(stage);
      deepEqual([after?.metadata?.uid, after?.data], [before?.metadata?.uid, { text: "chart" }]);
      ok(events.some((event) => event.type === "note" && event.text.includes("is taken over")));
      await uninstall(env, { name: "web", purge: true });
      deepEqual(await names("configmaps"), []);
    },
  );

  story(`${operation} --adopt leaves another release's object alone, but for --take-ownership`, async (stage) => {
    const { env, namespace } = stage;
    await made(stage, "another release");
    const chart = chartOf(["a", "x"]);
    if (operation === "upgrade") await install(env, { name: "web", namespace, chart: chartOf(["a"]) });
    const attempt = (more: { takeOwnership?: boolean }) =>
      operation === "upgrade"
        ? upgrade(env, { name: "web", chart, adopt: true, ...more })
        : install(env, { name: "web", namespace, chart, adopt: true, reuseName: true, ...more });
    await rejects(attempt({}), /ConfigMap "x" in namespace "[^"]+" belongs to release "other"/);
    deepEqual((await x(stage))?.data, { text: "theirs" });
    await attempt({ takeOwnership: true });
    deepEqual((await x(stage))?.data, { text: "chart" });
    // Both releases contain it now: neither deletes it while the other exists.
    await uninstall(env, { name: "other", purge: true });
    deepEqual((await x(stage))?.data, { text: "chart" });
    await uninstall(env, { name: "web", purge: true });
    equal(await x(stage), undefined);
    deepEqual((await list(env)).releases, []);
  });
}

story("an upgrade that drops an object which another release has, too, leaves it", async (stage) => {
  const { env, namespace, events } = stage;
  await made(stage, "another release");
  await install(env, { name: "web", namespace, chart: chartOf(["a", "x"]), adopt: true, takeOwnership: true });
  await upgrade(env, { name: "web", chart: chartOf(["a"]) });
  ok(await x(stage));
  ok(
    events.some((event) =>
      event.type === "warning" && /"x".* is left alone: release "other" has it, too/.test(event.text)
    ),
  );
});

// Pins Q54.
story(
  "what a failed upgrade made is taken up by the next one, or removed, and goes with the release",
  async (stage) => {
    const { env, namespace, names, read } = stage;
    await install(env, { name: "web", namespace, chart: chartOf(["a"]) });
    for (const more of ["b", "c"]) {
      await rejects(upgrade(env, { name: "web", chart: chartOf(["a", more], { fails: true }) }), /bad/);
    }
    deepEqual(await names("configmaps"), ["a", "b", "c"]);
    await upgrade(env, { name: "web", chart: chartOf(["a", "c"], { text: "new" }) });
    deepEqual(await names("configmaps"), ["a", "c"]);
    deepEqual((await read(`/api/v1/namespaces/${namespace}/configmaps/c`))?.data, { text: "new" });
    for (const more of ["d", "e"]) {
      await rejects(upgrade(env, { name: "web", chart: chartOf(["a", more], { fails: true }) }), /bad/);
    }
    await uninstall(env, { name: "web", purge: true });
    deepEqual(await names("configmaps"), []);
  },
);

story("what others have is not taken up after a failed upgrade that named it", async (stage) => {
  const { env, namespace, names } = stage;
  await made(stage, "nobody");
  await install(env, { name: "web", namespace, chart: chartOf(["a"]) });
  await rejects(upgrade(env, { name: "web", chart: chartOf(["a", "b", "x"]) }), /already exists in the cluster/);
  await rejects(upgrade(env, { name: "web", chart: chartOf(["a", "x"]) }), /already exists in the cluster/);
  await upgrade(env, { name: "web", chart: chartOf(["a"]) });
  deepEqual(await names("configmaps"), ["a", "x"]);
  deepEqual((await x(stage))?.data, { text: "theirs" });
});
