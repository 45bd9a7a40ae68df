/**
 * `tiller-was-killed`: puts a release `web` into the sandbox of `SKEG_SANDBOX` as a Tiller leaves it that is killed during an
 * upgrade, an hour ago: revision 1 is DEPLOYED and live, revision 2 is PENDING_UPGRADE.
 *
 * @module
 */
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { configMapDriver } from "../../storage/mod.ts";
import { objectCallOf } from "../_lib/object_call.ts";
import { someRelease } from "../_lib/releases.ts";

const then = { seconds: Math.floor(Date.now() / 1000) - 3600, nanos: 0 };
const cluster = await openSandbox({
  file: Deno.env.get("SKEG_SANDBOX") ?? "",
  clock: () => new Date(then.seconds * 1000),
});
const call = objectCallOf(cluster.transport);
const driver = configMapDriver(call, "kube-system", { clock: () => then });
const map = (colour: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data: { colour } });
for (const [revision, colour, status] of [[1, "blue", "DEPLOYED"], [2, "green", "PENDING_UPGRADE"]] as const) {
  const manifest = `\n---\n# Source: web/templates/config.yaml\n${JSON.stringify(map(colour))}`;
  const description = status === "DEPLOYED" ? "Install complete" : "Preparing upgrade";
  await driver.create(someRelease({ revision, status, manifest, info: { lastDeployed: then, description } }));
}
await call("POST", "/api/v1/namespaces/default/configmaps", map("blue"));
await cluster.close();
