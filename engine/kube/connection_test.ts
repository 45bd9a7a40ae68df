import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeError, type SkegError } from "../../errors.ts";
import { testCertificate } from "../../tests/_lib/certificates.ts";
import { call } from "./call.ts";
import { connect, type Connection } from "./connection.ts";
import { credentialSource } from "./credentials.ts";
import type { ClusterEntry, UserEntry } from "./context.ts";

const NOBODY: UserEntry = {
  clientCertificate: undefined,
  clientKey: undefined,
  token: undefined,
  tokenFile: undefined,
  username: undefined,
  password: undefined,
  exec: undefined,
  authProvider: undefined,
  impersonate: [],
};

function entry(server: string, more: Partial<ClusterEntry> = {}): ClusterEntry {
  return {
    server,
    ca: undefined,
    insecureSkipTlsVerify: false,
    tlsServerName: undefined,
    proxyUrl: undefined,
    raw: {},
    ...more,
  };
}

function open(server: string, user: Partial<UserEntry> = {}, more: Partial<ClusterEntry> = {}): Connection {
  const cluster = entry(server, more);
  const context = { name: "test", namespace: "", cluster, user: { ...NOBODY, ...user } };
  return connect(cluster, credentialSource(context), "skeg/test", {});
}

/** Runs `action` against a server on loopback. */
async function serving(
  handler: (request: Request) => Response | Promise<Response>,
  action: (url: string) => Promise<void>,
  tls: { cert?: string; key?: string } = {},
): Promise<void> {
  const options = { port: 0, hostname: "127.0.0.1", onListen: (): void => {}, ...tls };
  const server = Deno.serve(options as Deno.ServeTcpOptions, handler);
  try {
    await action(`${tls.cert === undefined ? "http" : "https"}://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

async function using<T>(connection: Connection, action: (connection: Connection) => Promise<T>): Promise<T> {
  try {
    return await action(connection);
  } finally {
    connection.close();
  }
}

Deno.test("a request carries method, path, body, types and who asks", async () => {
  const seen: unknown[] = [];
  await serving(
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const header = (name: string): string | null => request.headers.get(name);
      seen.push([request.method, pathname + search, header("accept"), header("content-type"), header("user-agent")]);
      seen.push([header("authorization"), header("impersonate-user"), await request.text()]);
      return Response.json({});
    },
    (url) =>
      using(
        open(`${url}/prefix`, { token: "t", impersonate: [["Impersonate-User", "jane"]] }),
        async ({ transport }) => {
          await transport({
            method: "PATCH",
            path: "/api/v1/x?y=z",
            body: "{}",
            contentType: "application/merge-patch+json",
          })
            .then((answer) => answer.text());
        },
      ),
  );
  deepEqual(seen, [
    ["PATCH", "/prefix/api/v1/x?y=z", "application/json", "application/merge-patch+json", "skeg/test"],
    ["Bearer t", "jane", "{}"],
  ]);
});

Deno.test("acting as a member of several groups sends one header for each", async () => {
  const { createServer } = await import("node:http");
  const seen: string[] = [];
  const server = createServer((request, answer) => {
    request.rawHeaders.forEach((text, index, all) => {
      if (/^impersonate/i.test(text)) seen.push(`${text.toLowerCase()}: ${all[index + 1]}`);
    });
    answer.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const impersonate = [["Impersonate-User", "jane"], ["Impersonate-Group", "a"], ["Impersonate-Group", "b"]] as const;
  await using(
    open(`http://127.0.0.1:${port}`, { impersonate }),
    async ({ transport }) => void await call(transport, { method: "GET", path: "/" }),
  );
  await new Promise((resolve) => server.close(resolve));
  deepEqual(seen, ["impersonate-user: jane", "impersonate-group: a", "impersonate-group: b"]);
});

Deno.test("a password becomes a Basic header, a token goes before it", async () => {
  const seen: (string | null)[] = [];
  await serving((request) => {
    seen.push(request.headers.get("authorization"));
    return Response.json({});
  }, async (url) => {
    for (const user of [{ username: "me", password: "päss" }, { username: "me", password: "p", token: "t" }, {}]) {
      await using(open(url, user), async ({ transport }) => void await call(transport, { method: "GET", path: "/" }));
    }
  });
  deepEqual(seen, [`Basic ${btoa("me:p\u00c3\u00a4ss")}`, "Bearer t", null]);
});

Deno.test("a token that no header can carry is refused without being shown", () => {
  throws(() => open("http://127.0.0.1:1", { token: "very\nsecret" }), (error: SkegError) => {
    equal(error.kind, "config");
    return !Deno.inspect(error).includes("secret\n") && !error.message.includes("very");
  });
});

Deno.test("an answer that asks to come back later is asked for again", async () => {
  let asked = 0;
  await serving(
    () =>
      ++asked < 3
        ? new Response("later", { status: asked === 1 ? 429 : 503, headers: { "retry-after": "0" } })
        : Response.json({ ok: 1 }),
    (url) =>
      using(open(url), async ({ transport }) => {
        deepEqual(await call(transport, { method: "POST", path: "/", body: "{}" }), { ok: 1 });
      }),
  );
  equal(asked, 3);
});

Deno.test("an answer that keeps asking to come back later is given in the end", async () => {
  let asked = 0;
  await serving(() => {
    asked += 1;
    return new Response("later", { status: 429, headers: { "retry-after": "0" } });
  }, (url) =>
    using(open(url), async ({ transport }) => {
      await rejects(call(transport, { method: "GET", path: "/" }), { kind: "kube", status: 429 });
    }));
  equal(asked, 11);
});

Deno.test("a refusal gives the server's message, status and reason", async () => {
  const status = {
    kind: "Status",
    status: "Failure",
    message: 'configmaps "x" already exists',
    reason: "AlreadyExists",
    code: 409,
  };
  await serving(
    (request) =>
      request.url.endsWith("/plain") ? new Response("<html>", { status: 502 }) : Response.json(status, { status: 409 }),
    (url) =>
      using(open(url), async ({ transport }) => {
        await rejects(call(transport, { method: "POST", path: "/x", body: "{}" }), {
          kind: "exists",
          status: 409,
          reason: "AlreadyExists",
          message: 'configmaps "x" already exists',
        });
        await rejects(call(transport, { method: "GET", path: "/plain" }), {
          kind: "kube",
          status: 502,
          message: "the server answered with HTTP status 502",
        });
      }),
  );
});

Deno.test("an expired login says what to do, and never shows the token", async () => {
  await serving(
    () =>
      Response.json({ kind: "Status", message: "Unauthorized", reason: "Unauthorized", code: 401 }, { status: 401 }),
    (url) =>
      using(open(url, { token: "very-secret" }), async ({ transport }) => {
        await rejects(call(transport, { method: "GET", path: "/api/v1/namespaces/shop/pods" }), (error: SkegError) => {
          equal(error.message, `the API server at ${url} refused to read pods in "shop": Unauthorized`);
          ok(error.hint !== undefined);
          ok(!Deno.inspect(error, { depth: 10 }).includes("very-secret"));
          return true;
        });
      }),
  );
});

Deno.test("a server that is not there is named, with what was wanted of it", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  // The second port is one that fetch does not go to.
  for (const url of [`http://127.0.0.1:${port}`, "http://127.0.0.1:1"]) {
    await using(
      open(url, { token: "very-secret" }),
      ({ transport }) =>
        rejects(
          transport({ method: "GET", path: "/api/v1/namespaces/kube-system/configmaps/web.v1" }),
          (error: KubeError) => {
            ok(error instanceof KubeError);
            equal(
              error.message,
              `cannot reach the API server at ${url} to read configmaps "web.v1" in "kube-system": connection refused`,
            );
            equal(error.status, 0);
            ok(error.hint !== undefined);
            ok(!Deno.inspect(error, { depth: 10 }).includes("very-secret"));
            return true;
          },
        ),
    );
  }
});

Deno.test("a cancelled request says so", async () => {
  await serving(async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return Response.json({});
  }, (url) =>
    using(open(url), async ({ transport }) => {
      await rejects(transport({ method: "GET", path: "/", signal: AbortSignal.timeout(20) }), { kind: "aborted" });
      await rejects(transport({ method: "GET", path: "/", signal: AbortSignal.abort() }), { kind: "aborted" });
    }));
});

Deno.test("a token file is read again when the server says Unauthorized", async () => {
  const folder = await mkdtemp(join(tmpdir(), "skeg-token-"));
  try {
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, "old\n");
    const seen: (string | null)[] = [];
    await serving((request) => {
      seen.push(request.headers.get("authorization"));
      return seen.at(-1) === "Bearer new" ? Response.json({}) : new Response(null, { status: 401 });
    }, (url) =>
      using(open(url, { tokenFile }), async ({ transport }) => {
        await rejects(call(transport, { method: "GET", path: "/" }), { status: 401 });
        await writeFile(tokenFile, "new");
        await call(transport, { method: "GET", path: "/" });
      }));
    deepEqual(seen, ["Bearer old", "Bearer old", "Bearer old", "Bearer new"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function execUser(
  script: string,
  more: Record<string, unknown> = {},
): Promise<{ user: Partial<UserEntry>; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "skeg-exec-"));
  const path = join(folder, "login.ts");
  await writeFile(path, script);
  const spec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: Deno.execPath(),
    args: ["run", "--quiet", "--no-config", "--no-lock", "--allow-env", "--allow-read", "--allow-write", path],
    env: [{ name: "WHO", value: "jane" }],
    ...more,
  };
  return { user: { exec: { spec, folder } }, folder };
}

Deno.test("an exec plugin is run once for several requests, and again when the server says Unauthorized", async () => {
  const { user, folder } = await execUser(
    `
    const info = JSON.parse(Deno.env.get("KUBERNETES_EXEC_INFO") ?? "");
    const counter = new URL("runs", import.meta.url);
    let runs = 0;
    try { runs = Number(Deno.readTextFileSync(counter)); } catch { /* the first */ }
    Deno.writeTextFileSync(counter, String(++runs));
    const token = [Deno.env.get("WHO"), info.spec.cluster.server.startsWith("http://127.0.0.1"), runs].join("-");
    console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: info.apiVersion, status: { token } }));
  `,
    { provideClusterInfo: true },
  );
  try {
    const seen: (string | null)[] = [];
    await serving((request) => {
      seen.push(request.headers.get("authorization"));
      return seen.length === 3 ? new Response(null, { status: 401 }) : Response.json({});
    }, (url) =>
      using(open(url, user), async ({ transport }) => {
        await Promise.all([1, 2].map(() => call(transport, { method: "GET", path: "/" })));
        await call(transport, { method: "GET", path: "/" });
      }));
    deepEqual(seen, ["Bearer jane-true-1", "Bearer jane-true-1", "Bearer jane-true-1", "Bearer jane-true-2"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

Deno.test("an exec plugin that fails is named, without what it printed", async () => {
  const cases: [string, Record<string, unknown>, RegExp][] = [
    ["Deno.exit(3);", {}, /failed with exit code 3$/],
    ["console.log('very-secret');", {}, /did not print JSON$/],
    [
      "console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'other/v1' }));",
      {},
      /is configured to use API version .*v1, plugin returned version other\/v1$/,
    ],
    [
      "console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: {} }));",
      {},
      /didn't return a token or cert\/key pair$/,
    ],
    ["", { command: "skeg-no-such-program", installHint: "Get it." }, /executable skeg-no-such-program not found$/],
  ];
  for (const [script, more, message] of cases) {
    const { user, folder } = await execUser(script, more);
    try {
      await using(
        open("http://127.0.0.1:1", user),
        ({ transport }) =>
          rejects(transport({ method: "GET", path: "/" }), (error: SkegError) => {
            equal(error.kind, "config");
            ok(message.test(error.message), error.message);
            ok(!Deno.inspect(error).includes("very-secret"));
            if (more.installHint !== undefined) equal(error.hint, "Get it.");
            return true;
          }),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  }
});

Deno.test("TLS: an authority is trusted when named, and certificates are checked unless told otherwise", async () => {
  const { ca, cert, key } = testCertificate();
  const get = (url: string, more: Partial<ClusterEntry>): Promise<unknown> =>
    using(open(url, {}, more), ({ transport }) => call(transport, { method: "POST", path: "/x", body: '{"ä":1}' }));
  await serving(
    async (request) => Response.json({ got: await request.text() }),
    async (url) => {
      const want = { got: '{"ä":1}' };
      deepEqual(await get(url, { ca }), want);
      deepEqual(await get(url, { insecureSkipTlsVerify: true }), want);
      deepEqual(await get(url, { ca, tlsServerName: "inside.example.com" }), want);
      await rejects(get(url, {}), (error: SkegError) => {
        ok(/: certificate signed by unknown authority$/.test(error.message), error.message);
        return true;
      });
      await rejects(get(url, { ca, tlsServerName: "outside.example.com" }), { kind: "kube", status: 0 });
      await rejects(get(url, { insecureSkipTlsVerify: true, proxyUrl: "http://127.0.0.1:1" }), {
        kind: "kube",
        status: 0,
      });
      await rejects(get(url, { ca: "not a certificate" }), { kind: "config" });
    },
    { cert, key },
  );
});

Deno.test("a stream is given while it comes, over node:https too", async () => {
  const { cert, key } = testCertificate();
  await serving(
    () => {
      let timer: ReturnType<typeof setInterval>;
      const body = new ReadableStream({
        start(controller): void {
          controller.enqueue(new TextEncoder().encode("first\n"));
          timer = setInterval(() => controller.enqueue(new TextEncoder().encode("more\n")), 1000);
        },
        cancel(): void {
          clearInterval(timer);
        },
      });
      return new Response(body);
    },
    async (url) => {
      for (const more of [{ insecureSkipTlsVerify: true }]) {
        const aborter = new AbortController();
        await using(open(url, {}, more), async ({ transport }) => {
          const response = await transport({ method: "GET", path: "/?watch=true", signal: aborter.signal });
          const reader = response.body?.getReader();
          const { value } = await reader?.read() ?? {};
          equal(new TextDecoder().decode(value), "first\n");
          await reader?.cancel();
          aborter.abort();
        });
      }
    },
    { cert, key },
  );
});
