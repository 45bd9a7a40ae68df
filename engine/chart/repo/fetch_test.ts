import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { SkegError } from "../../../errors.ts";
import { serveFiles, TLS_FOLDER, withServer, withTlsServer } from "../../../tests/_lib/chart_server.ts";
import { type Access, type Downloader, makeGetter, plainAccess, repositoryGetter } from "./fetch.ts";

const MAX = 1024;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const ANN = { username: "ann", password: "secret" };
const BASIC = `Basic ${btoa("ann:secret")}`;

/** Fetches one address with an access. */
async function get(url: string, access: Access, signal?: AbortSignal): Promise<string> {
  const getter = await makeGetter(new URL(url).protocol.slice(0, -1), access, { signal });
  try {
    return text(await getter.get(url, MAX));
  } finally {
    getter.close();
  }
}

const certificates = (client: string): Pick<Access, "certFile" | "keyFile" | "caFile"> => ({
  certFile: `${TLS_FOLDER}/${client}.pem`,
  keyFile: `${TLS_FOLDER}/${client}-key.pem`,
  caFile: `${TLS_FOLDER}/authority.pem`,
});

Deno.test("a getter asks as Helm, and shows a name and a password to their owner", () =>
  withServer(serveFiles({ "/x": "content" }), async ({ url, seen }) => {
    equal(await get(`${url}/x`, { ...plainAccess(url), ...ANN }), "content");
    equal(await get(`${url}/x`, { ...plainAccess(url), username: "ann" }), "content");
    deepEqual(seen, [
      { path: "/x", authorization: BASIC, agent: "Helm/2.17.0" },
      { path: "/x", authorization: undefined, agent: "Helm/2.17.0" },
    ]);
  }));

Deno.test("a getter shows nothing to a host that is not the owner's", () =>
  withServer(serveFiles({ "/x": "content" }), ({ url, seen }) =>
    withServer(serveFiles({}), async ({ url: owner }) => {
      equal(await get(`${url}/x`, { ...plainAccess(owner), ...ANN }), "content");
      equal(seen[0]?.authorization, undefined);
    })));

Deno.test("a getter follows redirects and shows nothing along them to another host", () =>
  withServer(serveFiles({ "/x": "elsewhere" }), ({ url: other, seen: seenByOther }) =>
    withServer(
      (request) => {
        const { pathname } = new URL(request.url);
        const to = { "/away": `${other}/x`, "/near": "/x" }[pathname];
        return to === undefined ? new Response("here") : new Response(null, { status: 302, headers: { location: to } });
      },
      async ({ url, seen }) => {
        const access = { ...plainAccess(url), ...ANN };
        equal(await get(`${url}/away`, access), "elsewhere");
        equal(await get(`${url}/near`, access), "here");
        deepEqual(seenByOther.map(({ authorization }) => authorization), [undefined]);
        deepEqual(seen.map(({ authorization }) => authorization), [BASIC, BASIC, BASIC]);
      },
    )));

Deno.test("what stands in an address itself is shown to that host alone", () =>
  withServer(serveFiles({ "/x": "content" }), async ({ url, seen }) => {
    equal(await get(`${url.replace("//", "//bob:p%40ss@")}/x`, plainAccess("http://elsewhere")), "content");
    equal(seen[0]?.authorization, `Basic ${btoa("bob:p@ss")}`);
  }));

Deno.test("a getter refuses endless redirects, and those to other kinds of addresses", () =>
  withServer(
    (request) => {
      const to = new URL(request.url).pathname === "/file" ? "file:///etc/passwd" : "/again";
      return new Response(null, { status: 301, headers: { location: to } });
    },
    async ({ url, seen }) => {
      await rejects(get(`${url}/again`, plainAccess(url)), { kind: "io", message: /stopped after 10 redirects$/ });
      equal(seen.length, 10);
      await rejects(get(`${url}/file`, plainAccess(url)), { kind: "io", message: /unsupported redirect/ });
    },
  ));

Deno.test("a getter refuses what is too large, told in advance or not, packed or not", () =>
  withServer(
    (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/told") return new Response("x".repeat(MAX + 1));
      const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(4096)) });
      if (pathname === "/endless") return new Response(endless);
      const packed = new Uint8Array(gzipSync(new Uint8Array(1024 * 1024)));
      return new Response(packed, { headers: { "content-encoding": "gzip" } });
    },
    async ({ url }) => {
      for (const path of ["told", "endless", "bomb"]) {
        await rejects(get(`${url}/${path}`, plainAccess(url)), { kind: "io", message: /larger than 0 MiB$/ });
      }
    },
  ));

Deno.test("a getter says what the server or the network says, without passwords", () =>
  withServer(() => new Response("", { status: 503 }), async ({ url }) => {
    await rejects(get(`${url}/x`, plainAccess(url)), {
      kind: "io",
      message: `Failed to fetch ${url}/x : 503 Service Unavailable`,
    });
    await rejects(get(`${url.replace("//", "//ann:secret@")}/x`, plainAccess(url)), (error: Error) => {
      ok(!error.message.includes("secret"), error.message);
      return true;
    });
    await rejects(get("http://127.0.0.1:1/x", plainAccess(url)), {
      kind: "io",
      message: 'Get "http://127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused',
    });
  }));

Deno.test("a getter stops when it is told to", () =>
  withServer(
    () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) })),
    async ({ url }) => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 50);
      await rejects(get(`${url}/x`, plainAccess(url), stop.signal), { kind: "aborted" });
    },
  ));

Deno.test("makeGetter() and repositoryGetter() know http, https and what downloaders know", async () => {
  await rejects(makeGetter("foo", plainAccess("")), { kind: "usage", message: 'scheme "foo" not supported' });
  await rejects(repositoryGetter(plainAccess("foo://x")), { message: "Could not find protocol handler for: foo" });
  await rejects(repositoryGetter(plainAccess(":")), { message: "invalid chart URL format: :" });
  const asked: unknown[] = [];
  const getter = await repositoryGetter({ ...plainAccess("foo://x"), certFile: "c" }, {
    downloader: (scheme) => {
      const download: Downloader = (url, { certFile }) => {
        asked.push([url, certFile]);
        return Promise.resolve(new TextEncoder().encode("by plugin"));
      };
      return Promise.resolve(scheme === "foo" ? download : undefined);
    },
  });
  equal(text(await getter.get("foo://x/index.yaml", MAX)), "by plugin");
  deepEqual(asked, [["foo://x/index.yaml", "c"]]);
});

Deno.test("a getter refuses what a downloader gives when it is too large", async () => {
  const getter = await makeGetter("foo", plainAccess("foo://x"), {
    downloader: () => Promise.resolve(() => Promise.resolve(new Uint8Array(MAX + 1))),
  });
  await rejects(getter.get("foo://x/y", MAX), { kind: "io", message: /larger than/ });
});

Deno.test("a getter shows a client certificate to its owner and trusts the given authority", () =>
  withTlsServer(serveFiles({ "/x": "content" }), { mutual: true }, async ({ url }) => {
    equal(await get(`${url}/x`, { ...plainAccess(url), ...certificates("ann") }), "content");
    await rejects(get(`${url}/x`, { ...plainAccess(url), ...certificates("mallory") }), { kind: "io" });
    await rejects(get(`${url}/x`, { ...plainAccess(url), ...certificates("ann"), certFile: "", keyFile: "" }), {
      kind: "io",
    });
    // The credentials are for another owner, so they are not sent, and the server refuses the request.
    await rejects(get(`${url}/x`, { ...plainAccess("https://elsewhere"), ...certificates("ann") }), { kind: "io" });
  }));

Deno.test("a getter does not trust a server of an unknown authority", () =>
  withTlsServer(serveFiles({ "/x": "content" }), {}, async ({ url, seen }) => {
    await rejects(get(`${url}/x`, { ...plainAccess(url), ...ANN }), {
      kind: "io",
      message: `Get "${url}/x": x509: certificate signed by unknown authority`,
    });
    equal(seen.length, 0);
    const { caFile } = certificates("ann");
    equal(await get(`${url}/x`, { ...plainAccess(url), ...ANN, caFile }), "content");
    equal(seen[0]?.authorization, BASIC);
  }));

Deno.test("makeGetter() names certificates that cannot be read", async () => {
  const nope = { ...plainAccess("https://h"), certFile: "nope", keyFile: "nope" };
  await rejects(makeGetter("https", nope), {
    kind: "config",
    message:
      "can't create TLS config: can't load key pair from cert nope and key nope: open nope: no such file or directory",
  });
  await rejects(makeGetter("https", { ...plainAccess("https://h"), caFile: "nope" }), {
    message: "can't create TLS config: can't read CA file: nope",
  });
  await rejects(makeGetter("https", { ...plainAccess("https://h"), caFile: `${TLS_FOLDER}/README.md` }), {
    message: `can't create TLS config: failed to append certificates from file: ${TLS_FOLDER}/README.md`,
  });
  const bad = `${TLS_FOLDER}/README.md`;
  await rejects(makeGetter("https", { ...plainAccess("https://h"), certFile: bad, keyFile: bad }), (error) => {
    ok(error instanceof SkegError && error.kind === "config");
    return true;
  });
});
