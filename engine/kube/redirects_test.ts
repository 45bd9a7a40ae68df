import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { KubeError } from "../../errors.ts";
import { connect } from "./connection.ts";
import { followRedirects } from "./redirects.ts";
import type { KubeRequest } from "./types.ts";

/** A request that a server received. */
interface Seen {
  readonly line: string;
  readonly body: string;
}

/** Runs a server; `answer` gets the path. */
async function serving(
  answer: (path: string, method: string) => Response,
  work: (url: string, seen: readonly Seen[]) => Promise<void>,
): Promise<void> {
  const seen: Seen[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    seen.push({ line: `${request.method} ${pathname}${search}`, body: await request.text() });
    return answer(pathname + search, request.method);
  });
  try {
    await work(`http://127.0.0.1:${server.addr.port}`, seen);
  } finally {
    await server.shutdown();
  }
}

/** Impersonating several groups uses the other way of sending, `node:http`. */
const GROUPS = [["Impersonate-Group", "a"], ["Impersonate-Group", "b"]] as const;

/** Sends one request as the program does, with a token. */
async function send(server: string, request: KubeRequest, groups: typeof GROUPS | [] = []): Promise<Response> {
  const cluster = {
    server,
    ca: undefined,
    insecureSkipTlsVerify: false,
    tlsServerName: undefined,
    proxyUrl: undefined,
  };
  const headers = [["Authorization", "Bearer t"], ...groups] as const;
  const source = { renewable: false, get: () => Promise.resolve({ headers, certificate: undefined, key: undefined }) };
  const connection = connect({ ...cluster, raw: {} }, source, "skeg/test", {});
  try {
    return await connection.transport(request);
  } finally {
    connection.close();
  }
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const redirect = (location: string, status = 307) => new Response(null, { status, headers: { location } });

Deno.test("nothing is sent to another host, whatever the method and the status", async () => {
  await serving(() => Response.json({}), async (other, seen) => {
    for (const status of [301, 302, 303, 307, 308]) {
      await serving(() => redirect(`${other}/taken?token=hunter2`, status), async (url) => {
        for (const [method, groups] of METHODS.flatMap((each) => [[each, []], [each, GROUPS]] as const)) {
          const body = method === "GET" ? undefined : '{"stringData":{"a":"hunter2"}}';
          await rejects(
            send(url, { method, path: "/api/v1/namespaces/a/secrets", body }, [...groups] as typeof GROUPS | []),
            (error) =>
              error instanceof KubeError && error.status === status && !error.message.includes("hunter2") &&
              error.message.includes(`redirects the request to `) && error.message.includes(`${other}/taken?token=***`),
          );
        }
      });
    }
    deepEqual(seen, []);
  });
});

Deno.test("the same port of another name is another host", async () => {
  await serving(() => Response.json({}), async (url, seen) => {
    await serving(() => redirect(url.replace("127.0.0.1", "localhost")), async (first) => {
      await rejects(send(first, { method: "GET", path: "/api" }), /only redirects to the server itself are followed/);
    });
    deepEqual(seen, []);
  });
});

Deno.test("a request that reads follows redirects below the server's address", async () => {
  const answer = (path: string) => path === "/k8s/api" ? redirect("/k8s/api/?a=b", 301) : Response.json({ path });
  await serving(answer, async (url, seen) => {
    deepEqual(await (await send(`${url}/k8s`, { method: "GET", path: "/api" })).json(), { path: "/k8s/api/?a=b" });
    deepEqual(seen.map(({ line }) => line), ["GET /k8s/api", "GET /k8s/api/?a=b"]);
  });
});

Deno.test("a redirect out of the server's address is not followed", async () => {
  await serving((path) => path === "/login" ? new Response("<html>") : redirect("/login"), async (url, seen) => {
    await rejects(send(`${url}/k8s`, { method: "GET", path: "/api" }), {
      message: `the API server at ${url}/k8s redirects the request to read /api to "/login": ` +
        "only redirects to the server itself are followed",
    });
    equal(seen.length, 1);
  });
});

Deno.test("a request that changes something is not sent anew, not even to the same server", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
    await serving(
      (path) => path === "/elsewhere" ? Response.json({}) : redirect("/elsewhere", 308),
      async (url, seen) => {
        await rejects(
          send(url, { method, path: "/api/v1/namespaces/a/secrets", body: "{}" }),
          /: requests that change something are not redirected$/,
        );
        equal(seen.length, 1);
      },
    );
  }
});

Deno.test("redirects are not followed for ever, nor to nowhere", async () => {
  await serving((path) => redirect(path), async (url, seen) => {
    await rejects(send(url, { method: "GET", path: "/api" }), { status: 307 });
    equal(seen.length, 11);
  });
  await serving(() => new Response(null, { status: 302 }), async (url) => {
    await rejects(send(url, { method: "GET", path: "/api" }), / to nowhere: /);
  });
});

Deno.test("followRedirects() leaves other answers alone", async () => {
  for (const status of [200, 304, 404, 500]) {
    const given = new Response(null, { status, headers: { location: "http://other/" } });
    const answer = await followRedirects("http://h", { method: "GET", path: "/" }, () => Promise.resolve(given));
    ok(answer === given);
  }
});
