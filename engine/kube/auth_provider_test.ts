import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { generateKeyPairSync, verify } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
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
    await rejects(providerToken(entry("gcp", config), { env: {} })(false), (error: SkegError) => {
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

/** A server that gives tokens and notes what it was asked; a kubeconfig and credentials in a folder. */
async function withGoogle(
  credentials: (url: string) => unknown,
  work: (at: { folder: string; file: string; url: string; asked: URLSearchParams[] }) => Promise<void>,
  answer: () => Response = () => Response.json({ access_token: "fresh", expires_in: 3600, token_type: "Bearer" }),
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "skeg-google-"));
  const asked: URLSearchParams[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: (): void => {} }, async (request) => {
    asked.push(new URLSearchParams(await request.text()));
    return request.method === "POST" ? answer() : new Response(undefined, { status: 405 });
  });
  try {
    const url = `http://127.0.0.1:${server.addr.port}/token`;
    const file = join(folder, "config");
    await writeFile(file, "users: [{name: me, user: {auth-provider: {name: gcp, config: {}}}}] # mine\n");
    await writeFile(join(folder, "key.json"), JSON.stringify(credentials(url)));
    await work({ folder, file, url, asked });
  } finally {
    await server.shutdown();
    await rm(folder, { recursive: true });
  }
}

Deno.test("a gcp entry without cmd-path logs in with a service account's key, once, and keeps the token", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const credentials = (url: string) => ({
    type: "service_account",
    client_email: "ci@example.iam",
    private_key_id: "k1",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    token_uri: url,
  });
  await withGoogle(credentials, async ({ folder, file, url, asked }) => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: join(folder, "key.json") };
    const token = providerToken(entry("gcp", { scopes: "a,b" }, file), { env });
    deepEqual(await Promise.all([token(false), token(false)]), ["fresh", "fresh"]);
    equal(await token(false), "fresh");
    equal(asked.length, 1);
    equal(asked[0]?.get("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [head = "", claim = "", signature = ""] = (asked[0]?.get("assertion") ?? "").split(".");
    const bytes = (text: string) => Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const read = (text: string) => JSON.parse(new TextDecoder().decode(bytes(text)));
    ok(verify("sha256", new TextEncoder().encode(`${head}.${claim}`), publicKey, bytes(signature)));
    deepEqual(read(head), { alg: "RS256", typ: "JWT", kid: "k1" });
    const { iss, scope, aud, iat, exp } = read(claim);
    deepEqual([iss, scope, aud, exp - iat], ["ci@example.iam", "a b", url, 3600]);
    ok(Math.abs(iat - Date.now() / 1000) < 60);
    const text = await readFile(file, "utf8");
    ok(/config: \{"access-token": "fresh", "expiry": "20[^"]+Z"\}/.test(text) && text.endsWith("# mine\n"), text);
  });
});

Deno.test("a gcp entry without cmd-path logs in with a user's own credentials in gcloud's place for them", async () => {
  const credentials = () => ({ type: "authorized_user", client_id: "i", client_secret: "s&", refresh_token: "r/1" });
  await withGoogle(credentials, async ({ folder, file, url, asked }) => {
    const place = join(folder, ".config", "gcloud");
    await mkdir(place, { recursive: true });
    await rename(join(folder, "key.json"), join(place, "application_default_credentials.json"));
    const env = { HOME: folder, APPDATA: join(folder, ".config") };
    const expired = { "access-token": "old", expiry: "2020-01-01T00:00:00Z" };
    equal(await providerToken(entry("gcp", expired, file), { env, googleUserTokenUrl: url })(false), "fresh");
    deepEqual(asked.map((form) => Object.fromEntries(form)), [
      { grant_type: "refresh_token", client_id: "i", client_secret: "s&", refresh_token: "r/1" },
    ]);
    // A token that holds is used as it is.
    const valid = { "access-token": "old", expiry: new Date(Date.now() + 600_000).toISOString() };
    equal(await providerToken(entry("gcp", valid, file), { env, googleUserTokenUrl: url })(false), "old");
    equal(asked.length, 1);
  });
});

Deno.test("Google's default credentials that cannot be used are named, without what is in them", async () => {
  const key = { type: "service_account", client_email: "x", private_key: "very-secret" };
  const cases: [unknown, RegExp][] = [
    [
      { type: "external_account", a: "very-secret" },
      /key\.json holds the type "external_account": the types authorized_user /,
    ],
    ["very-secret", /key\.json holds no JSON object: /],
    [{ a: "very-secret" }, /key\.json holds no type: /],
    [{ type: "authorized_user", client_id: "very-secret" }, /key\.json holds no client_secret$/],
    [key, /the private_key in \S+key\.json is no key in PEM$/],
  ];
  for (const [credentials, message] of cases) {
    await withGoogle(() => credentials, async ({ folder, asked }) => {
      const env = { GOOGLE_APPLICATION_CREDENTIALS: join(folder, "key.json") };
      await rejects(providerToken(entry("gcp", {}), { env })(false), (error: SkegError) => {
        ok(message.test(error.message), error.message);
        return error.kind === "config" && !Deno.inspect(error, { depth: 10 }).includes("very-secret");
      });
      equal(asked.length, 0);
      const missing = { GOOGLE_APPLICATION_CREDENTIALS: join(folder, "none.json") };
      await rejects(providerToken(entry("gcp", {}), { env: missing })(false), {
        message: "getting credentials: auth provider gcp: GOOGLE_APPLICATION_CREDENTIALS names " +
          `${join(folder, "none.json")}, which does not exist`,
      });
    });
  }
  const user = () => ({ type: "authorized_user", client_id: "i", client_secret: "s", refresh_token: "very-secret" });
  await withGoogle(user, async ({ folder, url }) => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: join(folder, "key.json") };
    const token = providerToken(entry("gcp", {}), { env, googleUserTokenUrl: url });
    await rejects(token(false), (error: SkegError) => {
      equal(
        error.message,
        "getting credentials: auth provider gcp: the identity provider answered with HTTP status 400",
      );
      return !Deno.inspect(error, { depth: 10 }).includes("very-secret");
    });
  }, () => Response.json({ error: "invalid_grant", error_description: "very-secret" }, { status: 400 }));
});
