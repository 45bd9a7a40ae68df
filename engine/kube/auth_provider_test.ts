import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SkegError } from "../../errors.ts";
import { type ProviderEntry, providerToken } from "./auth_provider.ts";
import { chooseContext } from "./context.ts";
import { type Kubeconfig, loadKubeconfig } from "./kubeconfig.ts";

/** Returns a JSON web token that expires in `seconds`. */
function jwt(seconds: number, mark = ""): string {
  const part = (data: unknown): string =>
    new TextEncoder().encode(JSON.stringify(data)).toBase64({ alphabet: "base64url", omitPadding: true });
  return [part({ alg: "none" }), part({ exp: Math.floor(Date.now() / 1000) + seconds, mark }), "sig"].join(".");
}

function entry(name: string, config: Record<string, string>, file = ""): ProviderEntry {
  return { name, config, ca: undefined, file, user: "me" };
}

Deno.test("an oidc token is used while it is valid", async () => {
  const token = jwt(600);
  equal(await providerToken(entry("oidc", { "id-token": token }))(false), token);
});

Deno.test("an expired oidc token is renewed once, and the kubeconfig keeps the new ones in the place of the old", async () => {
  const folder = await mkdtemp(join(tmpdir(), "skeg-oidc-"));
  const file = join(folder, "config");
  const [old, fresh] = [jwt(-600), jwt(600, "fresh")];
  const config = { "id-token": old, "refresh-token": "refresh-1", "client-id": "me", "client-secret": "s:cret" };
  await writeFile(
    file,
    `# mine\nusers: [{name: me, user: {auth-provider: {name: oidc, config: {id-token: ${old}, refresh-token: "refresh-1"}}}}]\n`,
  );
  const seen: unknown[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: (): void => {} }, async (request) => {
    const { pathname, origin } = new URL(request.url);
    if (pathname === "/realm/.well-known/openid-configuration") {
      return Response.json({ token_endpoint: `${origin}/token` });
    }
    seen.push([request.headers.get("authorization"), await request.text()]);
    return Response.json({ id_token: fresh, refresh_token: "refresh-2" });
  });
  try {
    const issuer = `http://127.0.0.1:${server.addr.port}/realm/`;
    const token = providerToken(entry("oidc", { ...config, "idp-issuer-url": issuer }, file));
    deepEqual(await Promise.all([token(false), token(false)]), [fresh, fresh]);
    equal(await token(false), fresh);
    deepEqual(seen, [[`Basic ${btoa("me:s%3Acret")}`, "grant_type=refresh_token&refresh_token=refresh-1"]]);
    equal(
      await readFile(file, "utf8"),
      `# mine\nusers: [{name: me, user: {auth-provider: {name: oidc, config: {id-token: ${fresh}, refresh-token: "refresh-2"}}}}]\n`,
    );
  } finally {
    await server.shutdown();
    await rm(folder, { recursive: true });
  }
});

Deno.test("an oidc token that cannot be renewed says so, and shows nothing secret", async () => {
  const config = {
    "id-token": jwt(-600),
    "refresh-token": "very-secret",
    "client-id": "me",
    "idp-issuer-url": "http://127.0.0.1:1",
  };
  await rejects(providerToken(entry("oidc", config))(false), (error: SkegError) => {
    equal(error.kind, "config");
    equal(
      error.message,
      "getting credentials: auth provider oidc: the identity provider cannot be asked: " +
        "dial tcp 127.0.0.1:1: connect: connection refused",
    );
    ok(!Deno.inspect(error, { depth: 10 }).includes("very-secret"));
    return true;
  });
  await rejects(providerToken(entry("oidc", { "id-token": jwt(-600) }))(false), { kind: "config" });
});

Deno.test("a gcp token is renewed by the command that the kubeconfig names", async () => {
  const later = new Date(Date.now() + 600_000).toISOString();
  const script = `console.log(JSON.stringify({credential:{access_token:"new",token_expiry:"${later}"}}))`;
  const config = {
    "access-token": "old",
    expiry: "2020-01-01T00:00:00Z",
    "cmd-path": Deno.execPath(),
    "cmd-args": `eval --no-config --no-lock ${script}`,
    "token-key": "{.credential.access_token}",
    "expiry-key": "{.credential.token_expiry}",
  };
  equal(await providerToken(entry("gcp", config))(false), "new");
  equal(await providerToken(entry("gcp", { ...config, expiry: later }))(false), "old");
  // The server refused a token that should be valid: a new one is requested.
  equal(await providerToken(entry("gcp", { ...config, expiry: later }))(true), "new");
});

Deno.test("an azure token is used while it is valid, and then leads to kubelogin", async () => {
  const config = { "access-token": "a", "expires-on": String(Math.floor(Date.now() / 1000) + 600) };
  equal(await providerToken(entry("azure", config))(false), "a");
  await rejects(providerToken(entry("azure", { ...config, "expires-on": "1" }))(false), {
    kind: "config",
    message: "getting credentials: auth provider azure: its token has expired",
    hint: "Convert the kubeconfig with kubelogin, or log in again.",
  });
});

Deno.test("a gcp entry without cmd-path leads to gke-gcloud-auth-plugin, with what is wrong with the one it is", async () => {
  const cases: [Record<string, string>, RegExp][] = [
    [
      {},
      /^getting credentials: auth provider gcp: it holds no token, and it names no cmd-path to get one: use gke-gcloud-auth-plugin$/,
    ],
    [
      { "access-token": "a", expiry: "2020-01-01T00:00:00Z" },
      /: its token has expired, and it names no cmd-path to get one: use gke-gcloud-auth-plugin$/,
    ],
  ];
  for (const [config, message] of cases) {
    await rejects(providerToken(entry("gcp", config))(false), (error: SkegError) => {
      ok(message.test(error.message), error.message);
      ok(error.hint?.includes("gke-gcloud-auth-plugin") && error.hint.includes("GOOGLE_APPLICATION_CREDENTIALS"));
      return error.kind === "config";
    });
  }
});

Deno.test("a gcp command is asked once, then its token is kept in the kubeconfig that had none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "skeg-gcp-"));
  try {
    const [file, script, calls] = [join(folder, "config"), join(folder, "gcloud"), join(folder, "calls")];
    const later = new Date(Date.now() + 600_000).toISOString();
    const answer = JSON.stringify({ credential: { access_token: "fresh", token_expiry: later } });
    await writeFile(script, `#!/bin/sh\necho called >> ${calls}\necho '${answer}'\n`, { mode: 0o755 });
    const settings = `cmd-path: ${script}, cmd-args: x, token-key: "{.credential.access_token}", ` +
      `expiry-key: "{.credential.token_expiry}"`;
    await writeFile(
      file,
      `apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: "https://x"}}]\n` +
        `contexts: [{name: c, context: {cluster: c, user: u}}]\n` +
        `users: [{name: u, user: {auth-provider: {name: gcp, config: {${settings}}}}}] # mine\n`,
    );
    for (let count = 0; count < 3; count++) {
      const chosen = await chooseContext(await loadKubeconfig({ kubeconfig: file }) as Kubeconfig, undefined);
      const provider = chosen?.user.authProvider;
      ok(provider !== undefined);
      equal(await providerToken(provider)(false), "fresh");
    }
    equal(await readFile(calls, "utf8"), "called\n");
    const text = await readFile(file, "utf8");
    ok(text.includes(`config: {"access-token": "fresh", "expiry": "${later}", cmd-path:`) && text.endsWith("# mine\n"));
  } finally {
    await rm(folder, { recursive: true });
  }
});

Deno.test("a gcp command that gives no token is named, without what it printed", async () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ "cmd-path": "skeg-no-such-program" }, /the command skeg-no-such-program was not found$/],
    [
      { "cmd-path": Deno.execPath(), "cmd-args": "eval --no-config --no-lock Deno.exit(3)" },
      / failed with exit code 3$/,
    ],
    [{ "cmd-path": `${Deno.execPath()} eval --no-config --no-lock console.log('very-secret')` }, / gave no token$/],
  ];
  for (const [config, message] of cases) {
    await rejects(providerToken(entry("gcp", config))(false), (error: SkegError) => {
      ok(message.test(error.message), error.message);
      return !Deno.inspect(error, { depth: 10 }).includes("very-secret");
    });
  }
});
