/**
 * Imports that are killed after any request: no reader sees a release as deployed before its history is
 * whole, and running the import again ends it.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { exportReleases, importReleases } from "../../engine/release/mod.ts";
import { someRelease } from "../_lib/releases.ts";
import { killedAfter } from "./_kills.ts";
import { openStage } from "./_stage.ts";

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
