import { deepEqual, equal, match, notEqual, rejects } from "node:assert/strict";
import { KubeError } from "../../errors.ts";
import type { KubeObject } from "../model/mod.ts";
import { json, refusal } from "../../tests/_lib/fake_kube_server.ts";
import { create } from "./create.ts";
import { noteServerTime } from "./server_clock.ts";
import type { KubeRequest, Transport } from "./types.ts";

const COLLECTION = "/api/v1/namespaces/default/configmaps";
const MAP: KubeObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { key: "value" } };
/** Only a name: servers record no manager for it. */
const BARE: KubeObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };

/** Passes a request to the server; the client gets its result or its error. */
type Way = (request: KubeRequest, server: Transport) => Promise<Response>;

/** A server that stores objects, with connections that lose requests. */
class Server {
  readonly objects = new Map<string, KubeObject>();
  readonly log: string[] = [];
  /** Records managers, as servers do since 1.18. */
  keepsNotes = true;
  /** The server's clock, in Unix milliseconds. */
  nowMs = Date.parse("2026-01-01T00:00:10Z");
  /** Ways for the next requests; later ones pass unchanged. */
  ways: Way[] = [];

  readonly transport: Transport = async (request) => {
    this.log.push(request.method);
    const answer = await (this.ways.shift() ?? ((one, server) => server(one)))(request, this.#serve);
    answer.headers.set("date", new Date(this.nowMs).toUTCString());
    return answer;
  };

  /** Creates an object as another client. */
  make({ stringData, ...object }: KubeObject, manager = "kubectl-create"): void {
    const texts = Object.entries(stringData as Record<string, string> | undefined ?? {});
    if (texts.length > 0) object.data = Object.fromEntries(texts.map(([key, text]) => [key, btoa(text)]));
    const notes = this.keepsNotes && object.data !== undefined ? { managedFields: [{ manager }] } : {};
    const creationTimestamp = new Date(this.nowMs).toISOString().replace(/\.\d+Z$/, "Z");
    const metadata = { ...object.metadata, creationTimestamp, ...notes };
    this.objects.set(`${COLLECTION}/${metadata.name}`, { ...object, metadata });
  }

  /** Sends an earlier request, whose answer has the server's time. */
  async greet(): Promise<void> {
    noteServerTime(this.transport, await this.transport({ method: "GET", path: "/version" }));
    this.log.length = 0;
  }

  readonly #serve: Transport = (request) => {
    const { pathname, searchParams } = new URL(request.path, "http://server");
    if (request.method === "GET") {
      const found = this.objects.get(pathname);
      return Promise.resolve(found === undefined ? refusal(404, "NotFound", "not found") : json(found));
    }
    const object = JSON.parse(request.body ?? "") as KubeObject;
    const place = `${COLLECTION}/${object.metadata?.name}`;
    if (this.objects.has(place)) return Promise.resolve(refusal(409, "AlreadyExists", "already exists"));
    this.make(object, searchParams.get("fieldManager") ?? "");
    return Promise.resolve(json(this.objects.get(place), 201));
  };
}

const lost: Way = async (request, server) => {
  await server(request);
  throw new KubeError("the connection was closed", 0, "");
};
const repeated: Way = async (request, server) => {
  await server(request);
  return await server(request);
};
const neverArrived: Way = () => Promise.reject(new KubeError("connection refused", 0, ""));
const exists = { status: 409, reason: "AlreadyExists" };

async function make(server: Server, object: KubeObject = MAP): Promise<KubeObject> {
  return await create(server.transport, { collectionPath: COLLECTION, object }) as KubeObject;
}

Deno.test("create() names a manager that no other creation has, and asks nothing else when it is answered", async () => {
  const server = new Server();
  const managers: string[] = [];
  server.ways = [1, 2].map((): Way => (request, next) => {
    managers.push(new URL(request.path, "http://server").searchParams.get("fieldManager") ?? "");
    return next(request);
  });
  await make(server);
  await make(server, { ...MAP, metadata: { name: "b" } });
  for (const manager of managers) match(manager, /^skeg-/);
  notEqual(managers[0], managers[1]);
  deepEqual(server.log, ["POST", "POST"]);
});

Deno.test("create() finds what was created although the answer was lost, or was that of a repeated request", async () => {
  for (const way of [lost, repeated]) {
    for (const object of [MAP, BARE]) {
      const server = new Server();
      await server.greet();
      server.ways = [way];
      equal((await make(server, object)).metadata?.name, "a");
      deepEqual(server.log, ["POST", "GET"]);
    }
  }
});

Deno.test("create() looks after every refusal that the second of two equal requests may get", async () => {
  const refusals = [
    refusal(403, "Forbidden", "exceeded quota"),
    refusal(422, "Invalid", "provided port is already allocated"),
    refusal(400, "BadRequest", "admission webhook denied the request"),
  ];
  for (const refused of refusals) {
    const server = new Server();
    server.ways = [async (request, next) => {
      await next(request);
      return refused;
    }];
    equal((await make(server)).metadata?.name, "a");
  }
});

Deno.test("create() leaves a refusal as it is when nothing was created", async () => {
  const server = new Server();
  server.ways = [() => Promise.resolve(refusal(422, "Invalid", "no good"))];
  await rejects(make(server), { status: 422, message: "no good" });
  deepEqual(server.log, ["POST", "GET"]);
});

Deno.test("create() sends again what did not arrive, and what made way meanwhile", async () => {
  const server = new Server();
  server.ways = [neverArrived];
  await make(server);
  deepEqual(server.log, ["POST", "GET", "POST"]);

  server.log.length = 0;
  server.ways = [(request, next) => {
    const refused = next(request);
    server.objects.clear();
    return refused;
  }];
  await make(server);
  deepEqual(server.log, ["POST", "GET", "POST"]);
});

Deno.test("create() never takes what another client made, however alike it is", async () => {
  for (const way of [lost, repeated, neverArrived]) {
    const server = new Server();
    await server.greet();
    server.make(MAP);
    server.ways = [way];
    await rejects(make(server), exists);
  }
});

Deno.test("create() does not take its own object of an earlier creation", async () => {
  const server = new Server();
  await make(server);
  await rejects(make(server), exists);
});

Deno.test("create() on a server without notes goes by content and the server's clock", async () => {
  const attempt = async (before: (server: Server) => void, object = MAP): Promise<KubeObject> => {
    const server = new Server();
    server.keepsNotes = false;
    await server.greet();
    before(server);
    server.ways = [repeated];
    return await make(server, object);
  };
  const sent: KubeObject = { ...BARE, kind: "Secret", stringData: { key: "value" } };
  for (const object of [MAP, BARE, sent]) equal((await attempt(() => {}, object)).metadata?.name, "a");
  // Empty fields that generators of manifests write are not content.
  const generated = { ...MAP, status: {}, metadata: { name: "a", creationTimestamp: null, labels: null, uid: "" } };
  equal((await attempt(() => {}, generated as unknown as KubeObject)).metadata?.name, "a");
  const secondsAgo = (seconds: number, object: KubeObject) => (server: Server): void => {
    server.nowMs -= seconds * 1000;
    server.make(object);
    server.nowMs += seconds * 1000;
  };
  await rejects(attempt(secondsAgo(1, MAP)), exists);
  await rejects(attempt(secondsAgo(1, BARE), BARE), exists);
  await rejects(attempt(secondsAgo(0, { ...MAP, data: { key: "other" } })), exists);
  const secret = (value: string): KubeObject => ({ ...BARE, kind: "Secret", data: { key: btoa(value) } });
  await rejects(attempt(secondsAgo(0, secret("other")), sent), exists);
});

Deno.test("create() on a server without notes and without a clock takes nothing for its own", async () => {
  const server = new Server();
  server.keepsNotes = false;
  server.ways = [repeated];
  await rejects(make(server), exists);
});

Deno.test("create() gives the first failure when it may not look", async () => {
  for (const way of [lost, repeated]) {
    const server = new Server();
    server.ways = [way, () => Promise.resolve(refusal(403, "Forbidden", "may not read"))];
    await rejects(make(server), ({ message }: Error) => !message.includes("may not read"));
    deepEqual(server.log, ["POST", "GET"]);
  }
});

Deno.test("create() chooses the name that the server would make up, and finds the object by it", async () => {
  const object: KubeObject = { ...MAP, metadata: { generateName: "web-" } };
  for (const way of [lost, repeated]) {
    const server = new Server();
    server.ways = [way];
    const made = await make(server, object);
    match(made.metadata?.name ?? "", /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    equal(made.metadata?.generateName, "web-");
    equal(server.objects.size, 1);
  }
});

Deno.test("create() makes up another name when another client has the first", async () => {
  const server = new Server();
  const object: KubeObject = { ...MAP, metadata: { generateName: "web-" } };
  server.ways = [(request, next) => {
    server.make(JSON.parse(request.body ?? ""));
    return next(request);
  }];
  await make(server, object);
  equal(server.objects.size, 2);
  deepEqual(server.log, ["POST", "GET", "POST"]);
});

Deno.test("create() looks for nothing without a name", async () => {
  const server = new Server();
  server.ways = [() => Promise.resolve(refusal(422, "Invalid", "name or generateName is required"))];
  await rejects(make(server, { ...MAP, metadata: {} }), { status: 422 });
  deepEqual(server.log, ["POST"]);
});

Deno.test("create() that is cancelled while it looks says so", async () => {
  const server = new Server();
  const stop = new AbortController();
  server.ways = [lost, () => {
    stop.abort();
    return Promise.reject(stop.signal.reason);
  }];
  await rejects(create(server.transport, { collectionPath: COLLECTION, object: MAP }, stop.signal), {
    kind: "aborted",
  });
});
