/**
 * Credentials of a kubeconfig: no command prints them, for any behaviour of the
 * server; and an answer of the wrong kind is always refused.
 *
 * @module
 */
import { deepEqual, equal, match } from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";

/** A text that is part of every secret. */
const CANARY = "hunter2";

/** A token in the form of an identity provider's that has expired. */
const OLD_TOKEN = `e30.${btoa(`{"exp":1,"x":"${CANARY}"}`).replaceAll("=", "")}.${CANARY}`;

/** Credential programs that succeed or fail. */
const exec = (script: string) => ({
  exec: {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "sh",
    args: ["-c", `${script} # --token ${CANARY}`],
    env: [{ name: "SECRET", value: CANARY }],
    interactiveMode: "Never",
  },
});

/** Users of a kubeconfig who have a secret. */
const USERS: Readonly<Record<string, unknown>> = {
  "a token": { token: `${CANARY}-${CANARY}` },
  "a token that no header can carry": { token: `${CANARY}\n\u2028${CANARY}` },
  "a password": { username: "ann", password: CANARY },
  "a key that is none": { "client-certificate-data": btoa(CANARY), "client-key-data": btoa(CANARY) },
  "a key that is broken": {
    "client-certificate-data": btoa(`-----BEGIN CERTIFICATE-----\n${CANARY}\n-----END CERTIFICATE-----\n`),
    "client-key-data": btoa(`-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----\n`),
  },
  "a key that is not base64": { "client-key-data": `!${CANARY}!` },
  "a program that fails": exec("exit 3"),
  "a program that prints no JSON": exec(`echo ${CANARY}`),
  "a program of another version": exec(
    `echo '{"kind":"ExecCredential","apiVersion":"v0","status":{"token":"${CANARY}"}}'`,
  ),
  "a program that gives a token": exec(
    `echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"${CANARY}"}}'`,
  ),
  "an identity provider": {
    "auth-provider": {
      name: "oidc",
      config: {
        "idp-issuer-url": "http://SERVER",
        "client-id": "skeg",
        "client-secret": CANARY,
        "id-token": OLD_TOKEN,
        "refresh-token": CANARY,
      },
    },
  },
  "an old token": {
    "auth-provider": { name: "gcp", config: { "access-token": CANARY, "expiry": "2001-01-01T00:00:00Z" } },
  },
};

/** Clusters of a kubeconfig whose entry has a secret. */
const CLUSTERS: Readonly<Record<string, unknown>> = {
  "a password in the address": { server: `http://ann:${CANARY}@SERVER` },
  "a token in the address": { server: `http://${CANARY}@SERVER` },
  "a password in an address that is none": { server: `http://ann:${CANARY}@127.0.0.1:x` },
  "a password in the proxy's address": { server: "http://SERVER", "proxy-url": `http://ann:${CANARY}@127.0.0.1:9` },
  "a password in a proxy's address that is none": { server: "http://SERVER", "proxy-url": `ht!tp://ann:${CANARY}@x` },
};

/** Kubeconfigs that cannot be read. */
const BROKEN: Readonly<Record<string, string>> = {
  "an anchor": `users: [{name: x, user: {token: *${CANARY}}}]`,
  "a type": `users: [{name: x, user: {token: !!int ${CANARY}}}]`,
  "a key that is a map": `users: [{name: x, user: {? {token: ${CANARY}} : 1}}]`,
  "an open quote": `users: [{name: x, user: {token: "${CANARY}}}]`,
  "a brace": `users: [{name: x, user: {token: ${CANARY}`,
};

/** Behaviours of servers; `sent` is the credential of the request. */
const SERVERS: Readonly<Record<string, (sent: string) => Response>> = {
  "does not know who asks": (sent) => status(401, `no user for ${sent}`),
  "forbids": (sent) => status(403, `${sent} may not`),
  "fails": (sent) => status(501, `panic: ${sent}`),
  "shows a page": (sent) => new Response(`<html>${sent}</html>`, { status: 501 }),
  "gives something else": () => Response.json({ token: CANARY }),
  "gives no JSON": () => new Response(`{"token": "${CANARY}", `),
  "redirects": () => new Response(null, { status: 302, headers: { location: `http://ann:${CANARY}@127.0.0.1:9/` } }),
};

function status(code: number, message: string): Response {
  return Response.json({ kind: "Status", status: "Failure", code, message }, { status: code });
}

const COMMANDS: readonly (readonly string[])[] = [
  ["list"],
  ["status", "web"],
  ["get", "web"],
  ["history", "web"],
  ["rollback", "web", "1"],
  ["delete", "--purge", "web"],
  ["test", "web"],
  ["upgrade", "--install", "web", "CHART"],
  ["install", "--name", "web", "CHART"],
  ["reset", "--force"],
  ["list", "--storage", "secret"],
];

/** Runs commands against a server with a kubeconfig, and returns the output lines that contain the canary. */
async function leaks(
  kubeconfig: (host: string) => string,
  answer: (sent: string) => Response,
  commands: readonly (readonly string[])[],
  debug: boolean,
  title = "",
): Promise<string[]> {
  const found: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const sent = request.headers.get("authorization") ?? "nothing";
    return answer(sent.startsWith("Basic ") ? `${sent}, ${atob(sent.slice(6))}` : sent);
  });
  try {
    await inFolder({ "chart/Chart.yaml": "name: chart\nversion: 1.0.0\n" }, async (folder) => {
      await mkdir(join(folder, "chart", "templates"));
      const config = join(folder, "kubeconfig");
      await writeFile(config, kubeconfig(`127.0.0.1:${server.addr.port}`));
      const variables = { HOME: folder, KUBECONFIG: config, ...debug ? { HELM_DEBUG: "1" } : {} };
      for (const words of commands) {
        const argv = words.map((word) => word === "CHART" ? join(folder, "chart") : word);
        const { code, stdout, stderr } = await program(argv, { variables, watched: debug });
        equal(code, 1, `${words.join(" ")}: ${stdout}${stderr}`);
        for (const line of `${stdout}${stderr}`.split("\n")) {
          if (line.includes(CANARY)) found.push(`${title}, ${words.join(" ")}: ${line}`);
        }
      }
    });
  } finally {
    await server.shutdown();
  }
  return found;
}

function kubeconfigOf(user: unknown, cluster: unknown = { server: "http://SERVER" }): (host: string) => string {
  const text = JSON.stringify({
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "x",
    "clusters": [{ name: "x", cluster }],
    "contexts": [{ name: "x", context: { cluster: "x", user: "x" } }],
    "users": [{ name: "x", user }],
  });
  return (host) => text.replaceAll("SERVER", host);
}

for (const [does, answer] of Object.entries(SERVERS)) {
  Deno.test(`no command prints the secrets of a kubeconfig when the server ${does}`, async () => {
    for (const [title, user] of Object.entries(USERS)) {
      deepEqual(await leaks(kubeconfigOf(user), answer, COMMANDS.slice(0, 1), true, title), []);
    }
    for (const [title, cluster] of Object.entries(CLUSTERS)) {
      deepEqual(await leaks(kubeconfigOf({}, cluster), answer, COMMANDS.slice(0, 1), true, title), []);
    }
    deepEqual(await leaks(kubeconfigOf(USERS["a token"]), answer, COMMANDS, false), []);
  });
}

Deno.test("no command prints the secrets of a kubeconfig that cannot be read", async () => {
  for (const [title, text] of Object.entries(BROKEN)) {
    deepEqual(await leaks(() => text, () => status(500, "x"), COMMANDS, true, title), []);
  }
});

Deno.test("an answer that is no list is no empty fleet, and nothing is installed over it", async () => {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    asked.push(request.method);
    return Response.json({});
  });
  try {
    await inFolder({
      "chart/Chart.yaml": "name: chart\nversion: 1.0.0\n",
      "chart/templates/a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n",
      "kubeconfig": kubeconfigOf({})(`127.0.0.1:${server.addr.port}`),
    }, async (folder) => {
      const variables = { HOME: folder, KUBECONFIG: join(folder, "kubeconfig") };
      for (
        const argv of [["list"], ["list", "--storage", "secret"], [
          "upgrade",
          "--install",
          "web",
          join(folder, "chart"),
        ]]
      ) {
        const { code, stdout, stderr } = await program(argv, { variables });
        equal(code, 1);
        equal(stdout.includes("NAME"), false);
        match(stderr, /^Error: (UPGRADE FAILED: )?the server's answer to GET \/.* has no kind; expected /);
      }
    });
  } finally {
    await server.shutdown();
  }
  deepEqual([...new Set(asked)], ["GET"]);
});
