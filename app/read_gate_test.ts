import { deepEqual, equal } from "node:assert/strict";
import type { KubeRequest, Transport } from "../engine/kube/mod.ts";
import { openReadGate } from "./read_gate.ts";

/** As a list of Secrets begins in protocol buffers: bytes that are no UTF-8. */
const BYTES = new Uint8Array([0x6b, 0x38, 0x73, 0x00, 0x0a, 0xff, 0xfe, 0x80, 0xc3, 0x28]);
const PROTOBUF = "application/vnd.kubernetes.protobuf";

async function throughGate(transport: Transport, test: (server: string) => Promise<void>): Promise<void> {
  const gate = await openReadGate(transport);
  try {
    await test(/server: (\S+)/.exec(gate.kubeconfig)?.[1] ?? "");
  } finally {
    await gate.close();
  }
}

Deno.test("openReadGate() passes the bytes of an answer on, with their type", async () => {
  const requests: KubeRequest[] = [];
  const transport: Transport = (request) => {
    requests.push(request);
    return Promise.resolve(new Response(BYTES, { headers: { "content-type": PROTOBUF } }));
  };
  await throughGate(transport, async (server) => {
    const answer = await fetch(`${server}/api/v1/namespaces/shop/secrets?limit=1`, { headers: { accept: PROTOBUF } });
    equal(answer.headers.get("content-type"), PROTOBUF);
    deepEqual(new Uint8Array(await answer.arrayBuffer()), BYTES);
    deepEqual(requests, [{ method: "GET", path: "/api/v1/namespaces/shop/secrets?limit=1", accept: PROTOBUF }]);
  });
});

Deno.test("openReadGate() refuses watches, writes and addresses without its key", async () => {
  const transport: Transport = () => Promise.reject(new Error("nothing may reach the cluster"));
  await throughGate(transport, async (server) => {
    const status = async (address: string | URL, init?: RequestInit) => {
      const answer = await fetch(address, init);
      await answer.body?.cancel();
      return answer.status;
    };
    equal(await status(`${server}/api/v1/pods?watch=true`), 405);
    equal(await status(`${server}/api/v1/pods`, { method: "DELETE" }), 405);
    equal(await status(new URL("/api/v1/pods", server)), 404);
  });
});
