/** Tests of two operations on one release whose requests meet in a chosen order. */
import { deepEqual, rejects } from "node:assert/strict";
import { configMap, someChart, testEnvironment } from "../../tests/_lib/environment.ts";
import type { Driver } from "../../storage/mod.ts";
import type { Environment } from "./environment.ts";
import { install } from "./install.ts";
import { rollback } from "./rollback.ts";
import { uninstall } from "./uninstall.ts";
import { upgrade } from "./upgrade.ts";

const FIRST = someChart({ "a.yaml": configMap("a") });
const SECOND = someChart({ "a.yaml": configMap("a", "two") });

const OPERATIONS: Readonly<Record<string, (env: Environment) => Promise<unknown>>> = {
  upgrade: (env) => upgrade(env, { name: "web", chart: FIRST }),
  rollback: (env) => rollback(env, { name: "web" }),
};

for (const [name, operate] of Object.entries(OPERATIONS)) {
  for (const purge of [false, true]) {
    const deletion = purge ? "purge" : "deletion";
    Deno.test(`${name}() supersedes a revision that a ${deletion} marks as DELETING at that moment and puts back`, async () => {
      const [decided, begins, marked, goesOn] = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
      const first = testEnvironment();
      await install(first.env, { chart: FIRST, name: "web", namespace: "blue" });
      await upgrade(first.env, { chart: SECOND, name: "web" });

      const other = testEnvironment({
        kube: first.kube,
        store: first.store,
        driver: (plain): Driver => ({
          ...plain,
          update: async (release, options) => {
            if (release.info.status.code !== "DELETING") return await plain.update(release, options);
            decided?.resolve();
            await begins?.promise;
            const version = await plain.update(release, options);
            marked?.resolve();
            await goesOn?.promise;
            return version;
          },
        }),
      });
      const deleted = uninstall(other.env, { name: "web", purge });
      deleted.catch(() => {});
      await decided?.promise;
      const one = testEnvironment({
        kube: first.kube,
        store: first.store,
        driver: (plain): Driver => ({
          ...plain,
          update: async (release, options) => {
            if (release.revision === 2) {
              begins?.resolve();
              await marked?.promise;
              setTimeout(() => goesOn?.resolve(), 20);
            }
            return await plain.update(release, options);
          },
        }),
      });
      await operate(one.env);
      await rejects(deleted, {
        message: /^another operation on release "web" has begun: revision 3/,
      });
      deepEqual(first.recorded("web").map((text) => text.split(" ")[0]), ["SUPERSEDED", "SUPERSEDED", "DEPLOYED"]);
      deepEqual(one.events.filter(({ type }) => type === "warning"), []);
    });
  }
}
