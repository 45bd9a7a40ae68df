import { deepEqual, equal } from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDiscovery } from "./discovery.ts";
import { discoveryCache, discoveryFolder } from "./discovery_cache.ts";
import type { KubeRequest, Transport } from "./types.ts";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "discovery-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A server whose kinds can change, and which sends and checks ETags. */
function server(): { kinds: string[]; transport: Transport; full: number; asked: KubeRequest[] } {
  const state = { kinds: ["Pod"], full: 0, asked: [] as KubeRequest[], transport: undefined as unknown as Transport };
  state.transport = (request) => {
    state.asked.push(request);
    const etag = `"${request.path}-${state.kinds.join("+")}"`;
    if (request.ifNoneMatch === etag) return Promise.resolve(new Response(null, { status: 304, headers: { etag } }));
    state.full++;
    const resources = state.kinds.map((kind) => ({
      resource: `${kind.toLowerCase()}s`,
      responseKind: { kind },
      scope: "Namespaced",
    }));
    const items = request.path === "/api" ? [{ metadata: {}, versions: [{ version: "v1", resources }] }] : [];
    return Promise.resolve(Response.json({ kind: "APIGroupDiscoveryList", items }, { headers: { etag } }));
  };
  return state;
}

const names = async (transport: Transport, folder: string): Promise<string[]> =>
  [...(await createDiscovery(transport, discoveryCache(folder, "https://a")).get()).apiVersions].sort();

Deno.test("a kept answer is used when the server says that it still holds", async () => {
  await withFolder(async (folder) => {
    const { transport } = server();
    const state = server();
    deepEqual(await names(state.transport, folder), ["v1", "v1/Pod"]);
    equal(state.full, 2);
    deepEqual(await names(state.transport, folder), ["v1", "v1/Pod"]);
    equal(state.full, 2);
    equal(state.asked.length, 4);
    // Another server behind the same address: its answer counts, not the cache.
    deepEqual(await names(transport, folder), ["v1", "v1/Pod"]);
  });
});

Deno.test("a kept answer never hides what changed", async () => {
  await withFolder(async (folder) => {
    const state = server();
    await names(state.transport, folder);
    state.kinds.push("Thing");
    deepEqual(await names(state.transport, folder), ["v1", "v1/Pod", "v1/Thing"]);
    state.kinds = ["Thing"];
    deepEqual(await names(state.transport, folder), ["v1", "v1/Thing"]);
  });
});

Deno.test("a kept answer that is spoilt is asked for again", async () => {
  await withFolder(async (folder) => {
    const state = server();
    await names(state.transport, folder);
    for (const file of await readdir(folder)) await writeFile(join(folder, file), `"/api-Pod"\n{"kind": "APIGr`);
    deepEqual(await names(state.transport, folder), ["v1", "v1/Pod"]);
    for (const file of await readdir(folder)) await writeFile(join(folder, file), "");
    deepEqual(await names(state.transport, folder), ["v1", "v1/Pod"]);
  });
});

Deno.test("servers do not share answers, and a folder that cannot be written to is no failure", async () => {
  await withFolder(async (folder) => {
    const cache = discoveryCache(folder, "https://a:1");
    await cache.write("/api", { etag: '"x"', text: "1" });
    equal(await discoveryCache(folder, "https://a:2").read("/api"), undefined);
    deepEqual(await cache.read("/api"), { etag: '"x"', text: "1" });
    const file = join(folder, (await readdir(folder))[0] ?? "");
    const nowhere = discoveryCache(join(file, "below"), "https://a");
    await nowhere.write("/api", { etag: '"x"', text: "1" });
    equal(await nowhere.read("/api"), undefined);
  });
});

Deno.test("discoveryFolder() follows the customs of each operating system", () => {
  const home = "/home/me";
  equal(discoveryFolder({ HOME: home }, "linux"), join(home, ".cache", "skeg", "discovery"));
  equal(discoveryFolder({ HOME: home, XDG_CACHE_HOME: "/c" }, "linux"), join("/c", "skeg", "discovery"));
  equal(discoveryFolder({ HOME: home }, "darwin"), join(home, "Library", "Caches", "skeg", "discovery"));
  equal(discoveryFolder({ LOCALAPPDATA: "/local" }, "windows"), join("/local", "skeg", "discovery"));
  equal(discoveryFolder({}, "linux"), undefined);
});
