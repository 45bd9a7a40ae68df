import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OciServer, type OciServerOptions, startOciRegistry } from "../../../tests/_lib/oci_registry.ts";
import { freePort } from "../../../tests/_lib/processes.ts";
import { testCertificate } from "../../../tests/_lib/certificates.ts";
import { NO_CREDENTIALS } from "./credentials.ts";
import { CHART, CONFIG, LEGACY_CHART, MANIFEST, PROVENANCE } from "./media_types.ts";
import { pullChart } from "./pull.ts";
import { pushChart } from "./push.ts";
import { parseOciReference } from "./reference.ts";
import { type OciRegistry, openRegistry, type RegistryOptions } from "./registry.ts";
import { chooseTag } from "./tags.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);
const ANN = { ...NO_CREDENTIALS, username: "ann", password: "secret" };

/** Runs `work` with a test registry and a client for it. */
async function withRegistry(
  work: (
    registry: OciRegistry,
    server: OciServer,
    at: (path: string) => ReturnType<typeof parseOciReference>,
  ) => Promise<void>,
  behaviour: OciServerOptions = {},
  options: RegistryOptions = {},
): Promise<void> {
  const server = startOciRegistry(behaviour);
  const registry = await openRegistry(server.host, options);
  try {
    await work(registry, server, (path) => parseOciReference(`oci://${server.host}/${path}`));
  } finally {
    registry.close();
    await server.stop();
  }
}

const WEB = {
  metadata: { name: "web", version: "1.2.3+b1", description: "A site", home: "https://web.example", appVersion: "4" },
  archive: bytes("archive"),
};

Deno.test("a chart comes back as it was pushed, with its provenance", () =>
  withRegistry(async (registry, server, at) => {
    const created = new Date("2020-01-02T03:04:05.678Z");
    const pushed = await pushChart(registry, at("charts"), { ...WEB, provenance: bytes("proof"), created });
    equal(pushed.reference, `${server.host}/charts/web:1.2.3_b1`);
    const again = await pushChart(registry, at("charts"), { ...WEB, provenance: bytes("proof"), created });
    equal(again.digest, pushed.digest);

    const manifest = JSON.parse(text(server.manifests.get("charts/web:1.2.3_b1")));
    deepEqual([manifest.schemaVersion, manifest.mediaType, manifest.config.mediaType], [2, MANIFEST, CONFIG]);
    deepEqual(manifest.layers.map((layer: { mediaType: string }) => layer.mediaType), [CHART, PROVENANCE]);
    deepEqual(manifest.annotations, {
      "org.opencontainers.image.title": "web",
      "org.opencontainers.image.version": "1.2.3+b1",
      "org.opencontainers.image.description": "A site",
      "org.opencontainers.image.url": "https://web.example",
      "org.opencontainers.image.created": "2020-01-02T03:04:05Z",
    });
    deepEqual(JSON.parse(text(server.blobs.get(manifest.config.digest))), { ...WEB.metadata, apiVersion: "v1" });

    for (const path of ["charts/web", "charts/web:1.2.3_b1", `charts/web@${pushed.digest}`]) {
      const pulled = await pullChart(registry, at(path), "", true);
      deepEqual([pulled.name, pulled.version, pulled.digest], ["web", "1.2.3+b1", pushed.digest]);
      deepEqual([text(pulled.archive), text(pulled.provenance)], ["archive", "proof"]);
    }
    equal((await pullChart(registry, at("charts/web"), "1.2.3+b1", false)).provenance, undefined);
  }));

Deno.test("a range comes to the newest version in it, over all pages of tags", () =>
  withRegistry(async (registry, _, at) => {
    for (const version of ["0.9.0", "1.0.0", "1.2.0", "1.10.0", "2.0.0-rc.1", "1.3.0+b2"]) {
      await pushChart(registry, at("c"), { ...WEB, metadata: { name: "web", version } });
    }
    const choose = (range: string, path = "c/web") => chooseTag(at(path), range, registry);
    equal(await choose(""), "1.10.0");
    equal(await choose("~1.2"), "1.2.0");
    equal(await choose("<1.0.0"), "0.9.0");
    equal(await choose(">0.0.0-0"), "2.0.0-rc.1");
    equal(await choose("~1.3"), "1.3.0_b2");
    equal(await choose("1.2.0", "c/web:1.2.0"), "1.2.0");
    await rejects(choose("1.2.0", "c/web:1.0.0"), { kind: "usage", message: /1\.2\.0 is not 1\.0\.0/ });
    await rejects(choose("^7"), { kind: "not-found", message: /no version that matches "\^7"/ });
    await rejects(choose("a range"), { kind: "usage" });
    await rejects(choose("", "c/nothing"), { kind: "not-found" });
  }, { pageSize: 2 }));

Deno.test("a registry is opened by name and password", async () => {
  const behaviour = { auth: "basic", user: { name: "ann", password: "secret" } } as const;
  await withRegistry(
    async (registry, _, at) => {
      await pushChart(registry, at("c"), WEB);
      equal(text((await pullChart(registry, at("c/web"), "", false)).archive), "archive");
    },
    behaviour,
    { credentials: ANN },
  );
  await withRegistry(async (registry, server, at) => {
    await rejects(pushChart(registry, at("c"), WEB), {
      kind: "io",
      message: /status 401: UNAUTHORIZED: unauthorized$/,
      hint: `Log in first: docker login ${server.host}, or give --username and --password.`,
    });
  }, behaviour);
});

Deno.test("a registry is opened by tokens: for anybody, by name, by a lasting token", async () => {
  const user = { name: "ann", password: "secret" };
  for (
    const [behaviour, credentials] of [
      [{ auth: "token" }, NO_CREDENTIALS],
      [{ auth: "token", user }, ANN],
      [{ auth: "token", user, identityToken: "lasting" }, { ...NO_CREDENTIALS, identityToken: "lasting" }],
    ] as const
  ) {
    await withRegistry(
      async (registry, server, at) => {
        await pushChart(registry, at("c"), WEB);
        equal(text((await pullChart(registry, at("c/web"), "", false)).archive), "archive");
        // One token for reading and one for writing are enough.
        ok(server.seen.filter(({ path }) => path.startsWith("/token")).length <= 2);
        ok(
          server.seen.every(({ path, authorization }) =>
            !path.startsWith("/v2") || !authorization?.startsWith("Basic")
          ),
        );
      },
      behaviour,
      { credentials },
    );
  }
  await withRegistry(
    async (registry, _, at) => {
      await rejects(pullChart(registry, at("c/web"), "", false), { kind: "io", message: /token": status 401: DENIED/ });
    },
    { auth: "token", user },
    { credentials: { ...ANN, password: "wrong" } },
  );
});

Deno.test("what opens a registry is not shown to where it sends us", async () => {
  const elsewhere: (string | null)[] = [];
  const shelf = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    elsewhere.push(request.headers.get("authorization"));
    return new Response(/\/(sha256:.*)$/.exec(request.url)?.[1] === digestOf("archive") ? "archive" : CONFIG_TEXT);
  });
  const behaviour: OciServerOptions = {
    auth: "basic",
    user: { name: "ann", password: "secret" },
    blobsAt: `http://127.0.0.1:${shelf.addr.port}/shelf`,
  };
  await withRegistry(
    async (registry, _, at) => {
      await pushChart(registry, at("c"), { ...WEB, metadata: { name: "web", version: "1.0.0" } });
      equal(text((await pullChart(registry, at("c/web"), "", false)).archive), "archive");
      deepEqual(elsewhere, [null, null]);
    },
    behaviour,
    { credentials: ANN },
  );
  await shelf.shutdown();
});

const CONFIG_TEXT = JSON.stringify({ name: "web", version: "1.0.0", apiVersion: "v1" });
const digestOf = (content: string): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

Deno.test("credentials go to no server of tokens over an open line", async () => {
  const sink = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () =>
    new Response(null, {
      status: 401,
      headers: { "www-authenticate": 'Bearer realm="http://tokens.example/token",service="r"' },
    }));
  const registry = await openRegistry(`127.0.0.1:${sink.addr.port}`, { credentials: ANN });
  await rejects(registry.tags("c/web"), { kind: "io", message: /not encrypted/ });
  registry.close();
  await sink.shutdown();
});

/** Stores a manifest and its blobs directly in the test registry. */
function place(server: OciServer, manifest: unknown, ...contents: string[]): void {
  for (const content of contents) server.blobs.set(digestOf(content), bytes(content));
  server.manifests.set("c/web:1.0.0", bytes(JSON.stringify(manifest)));
}

const part = (mediaType: string, content: string, size = content.length) => ({
  mediaType,
  digest: digestOf(content),
  size,
});

Deno.test("an archive under its old media type is read, and the new one is preferred", () =>
  withRegistry(async (registry, server, at) => {
    const config = part(CONFIG, CONFIG_TEXT);
    place(server, { config, layers: [part(LEGACY_CHART, "old")] }, CONFIG_TEXT, "old");
    equal(text((await pullChart(registry, at("c/web"), "1.0.0", false)).archive), "old");
    place(server, { config, layers: [part(LEGACY_CHART, "old"), part(CHART, "new")] }, "new");
    equal(text((await pullChart(registry, at("c/web"), "1.0.0", false)).archive), "new");
  }));

Deno.test("what is no chart, or is not what it says, is refused", () =>
  withRegistry(async (registry, server, at) => {
    const pull = () => pullChart(registry, at("c/web:1.0.0"), "", true);
    await rejects(pull(), { kind: "not-found", message: /status 404: MANIFEST_UNKNOWN/ });
    const config = part(CONFIG, CONFIG_TEXT), layers = [part(CHART, "archive")];
    for (
      const [manifest, why, more] of [
        ["no object", /is not a JSON object/, ""],
        [{}, /is not a chart/, ""],
        [{ config: part("application/vnd.oci.image.config.v1+json", "{}"), layers }, /is not a chart/, "{}"],
        [{ config, layers: [] }, /is not a chart/, ""],
        [{ config, layers: [part(CHART, "archive", 3)] }, /more than 3 bytes/, "archive"],
        [{ config, layers: [part(CHART, "archive", 99)] }, /sent other bytes/, "archive"],
        [{ config, layers: [part(CHART, "archive", 1e12)] }, /are allowed/, "archive"],
        [{ config, layers: [{ ...part(CHART, "a"), digest: "md5:00" }] }, /no sha256 digest/, ""],
        [{ config, layers: [part(CHART, "nowhere")] }, /BLOB_UNKNOWN/, ""],
        [
          { config: part(CONFIG, '{"name":"../x","version":"1.0.0"}'), layers },
          /no name and version/,
          '{"name":"../x","version":"1.0.0"}',
        ],
        [
          { config: part(CONFIG, '{"name":"web","version":"a/b"}'), layers },
          /no name and version/,
          '{"name":"web","version":"a/b"}',
        ],
      ] as const
    ) {
      place(server, manifest, CONFIG_TEXT, "archive", more);
      await rejects(pull(), { message: why }, JSON.stringify(manifest));
    }
    place(server, { config, layers: [part(CHART, "archive")] }, CONFIG_TEXT);
    server.blobs.set(digestOf("archive"), bytes("ARCHIVE"));
    await rejects(pull(), { kind: "chart", message: /sent other bytes/ });
    await rejects(pullChart(registry, at(`c/web@${digestOf("x")}`), "", false), { kind: "not-found" });
  }));

Deno.test("a registry that is not there is named", async () => {
  const host = `127.0.0.1:${await freePort()}`;
  const registry = await openRegistry(host);
  const message = `GET "http://${host}/v2/c/web/tags/list": connection refused`;
  await rejects(registry.tags("c/web"), { kind: "io", message });
  const stopped = await openRegistry(host, { signal: AbortSignal.abort() });
  await rejects(stopped.tags("c/web"), { kind: "aborted" });
});

Deno.test("a registry with a certificate of one's own is trusted when its authority is given", async () => {
  const folder = mkdtempSync(join(tmpdir(), "oci-"));
  const { ca, cert, key } = testCertificate();
  writeFileSync(join(folder, "ca.pem"), ca);
  try {
    const tls = { cert, key };
    await withRegistry(
      async (registry, _, at) => {
        await pushChart(registry, at("c"), WEB);
        equal(text((await pullChart(registry, at("c/web"), "", false)).archive), "archive");
      },
      { tls },
      { caFile: join(folder, "ca.pem") },
    );
    await withRegistry(async (registry, _, at) => {
      await rejects(pullChart(registry, at("c/web"), "", false), (error: Error) => {
        match(error.message, /certificate signed by unknown authority/);
        return true;
      });
    }, { tls });
    await rejects(openRegistry("127.0.0.1:1", { caFile: join(folder, "none.pem") }), { kind: "config" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
