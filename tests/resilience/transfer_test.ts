/**
 * Imports and moves that are killed after any request: no reader sees a release as deployed before its history is
 * whole, and running the import again ends it.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { type Environment, exportReleases, importReleases, moveStorage } from "../../engine/release/mod.ts";
import type { Release } from "../../engine/model/mod.ts";
import { secretDriver } from "../../storage/mod.ts";
import { someRelease } from "../_lib/releases.ts";
import { killedAfter } from "./_kills.ts";
import { openStage } from "./_stage.ts";
import { objectCallOf } from "../_lib/object_call.ts";

Deno.test({
  name: "an import that is killed after any request is ended by the next one, and DEPLOYED comes last",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const source = await openStage();
    const { driver } = source.process();
    for (const [revision, status] of [[1, "SUPERSEDED"], [2, "DEPLOYED"], [3, "FAILED"]] as const) {
      await driver.create(someRelease({ revision, status }));
    }
    const { archive } = await exportReleases(source.process());
    const wanted = (await source.records("web")).map((release) => structuredClone({ ...release }));
    await source.close();
    let kills = 0;
    const seen = new Set<string>();
    for (let k = 1;; k++) {
      const stage = await openStage();
      const { through, dead } = killedAfter(k);
      const ended = importReleases(stage.process(through), { archive }).then(() => true);
      const killed = !await Promise.race([ended, dead.then(() => false)]);
      const left = (await stage.records("web")).map(({ revision, info }) => `${revision} ${info.status.code}`);
      seen.add(left.join(", "));
      if (left.some((one) => one.endsWith("DEPLOYED"))) equal(left.length, 3);
      await importReleases(stage.process(), { archive });
      deepEqual((await stage.records("web")).map((release) => structuredClone({ ...release })), wanted);
      await stage.close();
      if (!killed) break;
      kills++;
    }
    ok(kills >= 4, `${kills} kills`);
    deepEqual([...seen].sort(), ["", "1 SUPERSEDED", "1 SUPERSEDED, 2 DEPLOYED, 3 FAILED", "1 SUPERSEDED, 3 FAILED"]);
  },
});

/** Returns a store that keeps backups in memory. */
function memoryBackups() {
  const kept: Uint8Array[] = [];
  return {
    kept,
    save: (_: string, __: string, bytes: Uint8Array) => Promise.resolve(String(kept.push(bytes) - 1)),
    load: (path: string) => Promise.resolve(kept[Number(path)] ?? new Uint8Array()),
  };
}

Deno.test({
  name: "a move that is killed after any request has each record in one of the storages, and the next one ends it",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const key = ({ revision, info }: Release): string => `${revision} ${info.status.code}`;
    let kills = 0;
    const seen = new Set<string>();
    for (let k = 1;; k++) {
      const stage = await openStage();
      const { driver } = stage.process();
      for (const [revision, status] of [[1, "SUPERSEDED"], [2, "DEPLOYED"], [3, "FAILED"]] as const) {
        await driver.create(someRelease({ revision, status }));
      }
      const wanted = (await stage.records("web")).map((release) => structuredClone({ ...release }));
      const secrets = (env: Environment) => secretDriver(objectCallOf(env.kube.cluster.transport), "kube-system");
      const move = (env: Environment) =>
        moveStorage(env, { target: secrets(env), releases: ["web"], yes: true, backups: memoryBackups() });
      const { through, dead } = killedAfter(k);
      const ended = move(stage.process(through)).then(() => true);
      const killed = !await Promise.race([ended, dead.then(() => false)]);
      const target = await secrets(stage.process()).list();
      const source = await stage.records("web");
      seen.add(`${source.map(key).join(", ")} | ${target.map(key).join(", ")}`);
      // No record is ever in neither, and the target is whole before the source loses one.
      deepEqual([...new Set([...source, ...target].map(key))].sort(), ["1 SUPERSEDED", "2 DEPLOYED", "3 FAILED"]);
      if (source.length < 3) equal(target.length, 3);
      if (source.length > 0) await move(stage.process());
      deepEqual(await stage.records("web"), []);
      const moved = await secrets(stage.process()).list();
      deepEqual(moved.map((release) => structuredClone({ ...release })), wanted);
      await stage.close();
      if (!killed) break;
      kills++;
    }
    ok(kills >= 10, `${kills} kills`);
    equal(seen.size, 7);
  },
});
