import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import type { ChartMetadata } from "../../model/mod.ts";
import { chartArchive } from "../../../tests/_lib/chart_server.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { type OciServer, startOciRegistry } from "../../../tests/_lib/oci_registry.ts";
import { downloadOciChart, type OciDownloadOptions } from "./download.ts";
import { pushChart } from "./push.ts";
import { parseOciReference } from "./reference.ts";
import { openRegistry } from "./registry.ts";

interface Place {
  readonly server: OciServer;
  readonly out: string;
  /** Pushes an archive as the chart that `metadata` describes. */
  readonly push: (metadata: ChartMetadata, archive: Uint8Array, provenance?: string) => Promise<void>;
  readonly download: (path: string, options?: Partial<OciDownloadOptions>) => Promise<unknown>;
}

async function withRegistry(files: Readonly<Record<string, string>>, work: (place: Place) => Promise<void>) {
  const server = startOciRegistry();
  const registry = await openRegistry(server.host);
  try {
    await inFolder({ ".keep": "", ...files }, (out) =>
      work({
        server,
        out,
        push: async (metadata, archive, proof) => {
          const provenance = proof === undefined ? undefined : new TextEncoder().encode(proof);
          const chart = { metadata, archive: new Uint8Array(archive), provenance };
          await pushChart(registry, parseOciReference(`oci://${server.host}/charts`), chart);
        },
        download: (path, options = {}) =>
          downloadOciChart(`oci://${server.host}/charts/${path}`, "", out, { env: {}, ...options }),
      }));
  } finally {
    registry.close();
    await server.stop();
  }
}

const WEB = { name: "web", version: "1.2.3" };
const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).filter((name) => name !== ".keep").sort();

Deno.test("downloadOciChart() replaces an archive of the same chart, and nothing else", () =>
  withRegistry({}, async ({ out, push, download }) => {
    await push(WEB, chartArchive("web", "1.2.3"));
    const path = join(out, "web-1.2.3.tgz");
    for (let round = 0; round < 2; round++) await download("web");
    deepEqual(await Deno.readFile(path), chartArchive("web", "1.2.3"));
    await Deno.writeTextFile(path, "mine");
    await rejects(download("web"), { kind: "exists", message: /it exists and is not a chart archive$/ });
    equal(await Deno.readTextFile(path), "mine");
    await download("web", { folderIs: "cache" });
    deepEqual(await Deno.readFile(path), chartArchive("web", "1.2.3"));
  }));

Deno.test("downloadOciChart() refuses what is no chart, or another one than was asked for", () =>
  withRegistry({}, async ({ out, server, push, download }) => {
    await push(WEB, new TextEncoder().encode("no archive"));
    await rejects(download("web"), { kind: "chart", message: /does not appear to be a gzipped archive/ });
    await push({ ...WEB, name: "db" }, chartArchive("web", "1.2.3"));
    await rejects(download("db"), { message: /holds the chart "web", not "db"$/ });
    // The chart's name in the manifest differs from its path.
    const manifest = server.manifests.get("charts/db:1.2.3");
    if (manifest !== undefined) server.manifests.set("charts/other:1.2.3", manifest);
    await rejects(download("other:1.2.3"), { message: /charts\/other:1\.2\.3 holds the chart "db", not other$/ });
    deepEqual(await names(out), []);
  }));

Deno.test("downloadOciChart() tells of another version than the tag's, and refuses it when it is verified", () =>
  withRegistry({}, async ({ out, push, download }) => {
    await push({ ...WEB, version: "2.0.0" }, chartArchive("web", "1.2.3"), "proof");
    const words = /holds version "1\.2\.3" of the chart "web", not "2\.0\.0"$/;
    const told: string[] = [];
    await download("web:2.0.0", { notice: (text) => told.push(text) });
    equal(told.length, 1);
    match(told[0] ?? "", words);
    await Deno.remove(join(out, "web-2.0.0.tgz"));
    const verify = () => Promise.resolve("verified");
    await rejects(download("web:2.0.0", { provenance: "always", verify }), { kind: "chart", message: words });
    await rejects(download("web:2.0.0", { isStrict: true }), { kind: "chart", message: words });
    deepEqual(await names(out), []);
  }));

Deno.test("downloadOciChart() writes what is verified only once it is", () =>
  withRegistry({}, async ({ out, push, download }) => {
    await push(WEB, chartArchive("web", "1.2.3"), "-----BEGIN PGP SIGNED MESSAGE-----\n");
    const seen: string[] = [];
    const verify: OciDownloadOptions["verify"] = ({ path, provenance }) => {
      seen.push(path, new TextDecoder().decode(provenance));
      return Promise.reject(new Error("bad"));
    };
    await rejects(download("web", { provenance: "always", verify }), /bad/);
    deepEqual(seen, [join(out, "web-1.2.3.tgz"), "-----BEGIN PGP SIGNED MESSAGE-----\n"]);
    deepEqual(await names(out), []);
    await download("web", { provenance: "later" });
    deepEqual(await names(out), ["web-1.2.3.tgz", "web-1.2.3.tgz.prov"]);
  }));

Deno.test("downloadOciChart() ends when the registry says nothing", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of silent) connections.push(connection);
  })().catch(() => {});
  try {
    await rejects(
      downloadOciChart(`oci://127.0.0.1:${silent.addr.port}/charts/web:1.0.0`, "", ".", {
        env: {},
        patience: { answerMs: 200, stallMs: 200 },
      }),
      { kind: "timeout", message: /^GET "https:\/\/127\.0\.0\.1:\d+\/v2\/": no answer within 0\.2 s$/ },
    );
  } finally {
    for (const connection of connections) connection.close();
    silent.close();
    await accepting;
  }
});
