/**
 * `tiller-of-2019`: puts a release into the sandbox of `SKEG_SANDBOX` as a Tiller left it in 2019, records and live
 * objects. Its manifests name API versions that no current cluster has.
 *
 * @module
 */
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { reset } from "../resilience/_old_release.ts";

const cluster = await openSandbox({ file: Deno.env.get("SKEG_SANDBOX") ?? "" });
await reset({ cluster, records: () => Promise.resolve([]) });
await cluster.close();
