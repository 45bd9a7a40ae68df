/**
 * `killed-tiller RELEASE`: leaves a release in the sandbox of `SKEG_SANDBOX` as a Tiller does that is killed in the middle
 * of an upgrade: the newest record is PENDING_UPGRADE, and the first object of its manifest is changed already.
 *
 * @module
 */
import { createKubeClient, KubeManifest, readObject } from "../../engine/kube/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { configMapDriver, lastRelease } from "../../storage/mod.ts";
import { objectCallOf } from "../_lib/object_call.ts";
import { send } from "../_lib/old_records.ts";

const [name = ""] = Deno.args;
const cluster = await openSandbox({ file: Deno.env.get("SKEG_SANDBOX") ?? "" });
const driver = configMapDriver(objectCallOf(cluster.transport), "kube-system");
const last = await lastRelease(driver, name);
const manifest = last.manifest.replace(/replicas: \d+/, "replicas: 5");
await driver.create({
  ...last,
  revision: last.revision + 1,
  manifest,
  info: {
    ...last.info,
    status: { ...last.info.status, code: "PENDING_UPGRADE" },
    lastDeployed: { seconds: Math.floor(Date.now() / 1000), nanos: 0 },
    description: "Preparing upgrade",
  },
});
for (const info of await createKubeClient(cluster).resolve(last.namespace, new KubeManifest(manifest))) {
  if (info.resource.kind !== "Deployment") continue;
  const live = await readObject(cluster.transport, info, {});
  const spec = { ...live.spec as object, replicas: 5 };
  const path = `/apis/apps/v1/namespaces/${info.namespace}/deployments/${info.name}`;
  await send(cluster, "PUT", path, { ...live, spec });
}
await cluster.close();
