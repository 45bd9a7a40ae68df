import { deepEqual, equal, match } from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configMap, core } from "./_fixture.ts";
import { serveSandbox } from "./http.ts";
import { openSandbox } from "./sandbox.ts";

interface Served {
  readonly url: string;
  readonly kubeconfig: string;
  readonly kubeconfigPath: string;
  /** Sends a request with the kubeconfig's certificate and, unless told otherwise, its token. */
  fetch(path: string, init?: RequestInit, token?: string): Promise<Response>;
}

async function served(work: (server: Served) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "served-"));
  const sandbox = await openSandbox();
  const server = await serveSandbox(sandbox, { directory });
  const kubeconfig = await readFile(server.kubeconfigPath, "utf8");
  const authority = atob(/certificate-authority-data: (\S+)/.exec(kubeconfig)?.[1] ?? "");
  const own = /token: (\S+)/.exec(kubeconfig)?.[1] ?? "";
  const client = Deno.createHttpClient({ caCerts: [authority] });
  try {
    await work({
      url: server.url,
      kubeconfig,
      kubeconfigPath: server.kubeconfigPath,
      fetch: (path, init = {}, token = own) =>
        fetch(server.url + path, {
          ...init,
          client,
          headers: { ...(token === "" ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
        }),
    });
  } finally {
    client.close();
    await server.stop();
    await sandbox.close();
    await rm(directory, { recursive: true });
  }
}

Deno.test("serveSandbox() answers over HTTPS with a certificate that the kubeconfig trusts", async () => {
  await served(async (server) => {
    match(server.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    const made = await server.fetch(core("configmaps"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(configMap("a", { x: "1" })),
    });
    equal(made.status, 201);
    deepEqual((await made.json()).data, { x: "1" });
    const trusted = await server.fetch(core("configmaps/kube-root-ca.crt"));
    match((await trusted.json()).data["ca.crt"], /^-----BEGIN CERTIFICATE-----\nM/);
  });
});

Deno.test("serveSandbox() wants the token, but for its health", async () => {
  await served(async (server) => {
    for (const token of ["", "wrong"]) {
      const refused = await server.fetch("/api/v1/pods", {}, token);
      equal(refused.status, 401);
      equal((await refused.json()).reason, "Unauthorized");
    }
    const health = await server.fetch("/readyz", {}, "");
    equal(await health.text(), "ok");
  });
});

Deno.test("serveSandbox() keeps the kubeconfig to its owner", { ignore: Deno.build.os === "windows" }, async () => {
  await served(async (server) => {
    equal((await stat(server.kubeconfigPath)).mode & 0o777, 0o600);
  });
});

Deno.test("a watch over HTTPS tells changes as they come", async () => {
  await served(async (server) => {
    const watch = await server.fetch(`${core("configmaps")}?watch=1&fieldSelector=metadata.name=a`);
    const reader = watch.body?.pipeThrough(new TextDecoderStream()).getReader();
    const headers = { "content-type": "application/json" };
    const made = await server.fetch(core("configmaps"), {
      method: "POST",
      headers,
      body: JSON.stringify(configMap("a")),
    });
    await made.body?.cancel();
    const event = JSON.parse((await reader?.read())?.value ?? "{}");
    deepEqual([event.type, event.object.metadata.name], ["ADDED", "a"]);
    await reader?.cancel();
  });
});
