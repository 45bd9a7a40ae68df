/**
 * skeg and a live Tiller write to the same release at the same time: no revision
 * is lost, skeg never treats Tiller's changes as its own, and the objects of a
 * revision that skeg calls DEPLOYED exist. `SKEG_RACES` is the number of runs of each pair.
 */
import { deepEqual, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SkegError } from "../../errors.ts";
import { type Environment, install, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import { hookedChart, stageOn, untruths } from "../resilience/_stage.ts";
import { type Arena, good, LACKING, together } from "./_two_programs.ts";

const RUNS = Number(Deno.env.get("SKEG_RACES") ?? "1");

const SKEG: Readonly<Record<string, (env: Environment, namespace: string) => Promise<unknown>>> = {
  install: (env, namespace) => install(env, { name: "web", namespace, chart: hookedChart(1), disableHooks: true }),
  upgrade: (env, namespace) =>
    upgrade(env, { name: "web", chart: hookedChart(2), disableHooks: true, description: `in ${namespace}` }),
  rollback: (env) => rollback(env, { name: "web", revision: 1, disableHooks: true }),
  delete: (env) => uninstall(env, { name: "web", disableHooks: true }),
};

function helmArguments(verb: string, { folder, namespace }: Arena): string[] {
  const chart = (version: number): string => join(folder, `chart-${version}`);
  switch (verb) {
    case "install":
      return ["install", chart(1), "--name", "web", "--namespace", namespace, "--no-hooks"];
    case "upgrade":
      return ["upgrade", "web", chart(2), "--no-hooks"];
    case "rollback":
      return ["rollback", "web", "1", "--no-hooks"];
    default:
      return ["delete", "web", "--no-hooks"];
  }
}

function writeChart(folder: string, version: number): void {
  const chart = hookedChart(version);
  const files = [["Chart.yaml", `name: hooked\nversion: ${chart.metadata.version}\n`] as const]
    .concat(chart.templates.map(({ path, data }) => [path, new TextDecoder().decode(data)] as never));
  for (const [path, text] of files) {
    const file = join(folder, `chart-${version}`, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

async function race(arena: Arena, ours: string, theirs: string): Promise<void> {
  const { cluster, namespace, records } = arena;
  const stage = stageOn(cluster, namespace, `${namespace}-records`, {
    settle: () => Promise.resolve(),
    close: () => Promise.resolve(),
  });
  const isFresh = ours === "install" || theirs === "install";
  if (!isFresh) {
    good(await arena.helm(...helmArguments("install", arena)));
    good(await arena.helm(...helmArguments("upgrade", arena)));
  }
  const before = (await records("web")).length;
  const skeg = async (): Promise<SkegError | undefined> => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    try {
      await SKEG[ours]?.(stage.process(undefined, { patienceSeconds: 30 }), namespace);
      return undefined;
    } catch (error) {
      ok(error instanceof SkegError, `${error}`);
      return error;
    }
  };
  const [problem, helm] = await Promise.all([skeg(), arena.helm(...helmArguments(theirs, arena))]);
  const after = await records("web");
  const context = `skeg ${ours}: ${problem ?? "done"}; helm ${theirs}: ${helm.code} ${helm.stderr.trim()}; ` +
    after.map(({ revision, info }) => `${revision} ${info.status.code}`).join(", ");
  ok(problem === undefined || helm.code === 0 || isFresh, `nobody won: ${context}`);
  ok(after.length >= before, `a revision is lost: ${context}`);
  deepEqual(after.map(({ revision }) => revision), after.map((_, index) => index + 1), context);
  // Tiller first reads the DEPLOYED revision, then the newest one. If skeg finishes in between, Tiller builds on skeg's
  // revision but marks the one before it. Only Tiller could prevent that.
  const overtook = theirs === "upgrade" && after.at(-1)?.info.description === "Upgrade complete";
  const doubled = (await untruths(stage, "web")).filter((wrong) => wrong.includes("are DEPLOYED"));
  if (!overtook) deepEqual(doubled, [], context);
  if (helm.code === 0) good(await arena.helm("status", "web"));
  await arena.helm("delete", "--purge", "web", "--no-hooks");
  await uninstall(stage.process(), { name: "web", purge: true, disableHooks: true }).catch(() => {});
  for (const key of (await stage.objects()).keys()) {
    const [kind = "", name = ""] = key.split("/");
    await arena.send("DELETE", `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`);
  }
}

for (const ours of Object.keys(SKEG)) {
  for (const theirs of Object.keys(SKEG)) {
    Deno.test({
      name: `skeg ${ours} and Tiller's ${theirs} at the same moment`,
      ignore: LACKING || (ours === "install") !== (theirs === "install"),
      sanitizeOps: false,
      sanitizeResources: false,
      fn: () =>
        together(async (arena) => {
          for (const version of [1, 2]) writeChart(arena.folder, version);
          for (let run = 0; run < RUNS; run++) await race(arena, ours, theirs);
        }),
    });
  }
}
