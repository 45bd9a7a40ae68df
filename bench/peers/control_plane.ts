/**
 * A real API server with its etcd, started for the measurement.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import type { Bench } from "./bench.ts";
import { type CountingProxy, startProxy } from "./counting_proxy.ts";

/** A proxy in front of a control plane. */
export interface Proxied {
  readonly proxy: CountingProxy;
  /** For programs that speak HTTP/2. */
  readonly kubeconfig: string;
  /** For programs that speak HTTP/1.1: skeg. */
  readonly kubeconfigHttp1: string;
}

/** A running control plane. */
export interface ControlPlane {
  /** Kubeconfig for the API server itself. */
  readonly kubeconfig: string;
  /** Sends one request; rejects when the answer is neither a success nor a conflict. */
  call(method: string, path: string, body?: unknown, accept?: string): Promise<string>;
  /** Starts a proxy in front of the server, and writes kubeconfigs for it. */
  proxy(name: string, delayMs: number): Promise<Proxied>;
  down(): Promise<void>;
}

/**
 * Limits the memory of etcd and the API server, so that the system does not kill
 * one of them: with 10,000 revisions stored in both forms they would use twice that.
 */
const MEMORY = { GOMEMLIMIT: "8GiB", GOGC: "50" };

/**
 * Starts etcd and kube-apiserver. There are no controllers, because they would add work.
 *
 * @param store The folder of its data, which is kept for the next run; absent: a shared one.
 */
export async function startControlPlane(bench: Bench, store = "cluster"): Promise<ControlPlane> {
  const folder = join(bench.work, store);
  const lab = async (...args: string[]): Promise<string> => {
    const { success, stdout } = await new Deno.Command(join(bench.lab, "cluster"), {
      args,
      env: MEMORY,
      stderr: "inherit",
    }).output();
    if (!success) throw new Error("the control plane did not start");
    return new TextDecoder().decode(stdout).trim();
  };
  const given = await lab("up", folder, "--bare");
  const config = readFileSync(given, "utf8");
  const server = /server: "([^"]+)"/.exec(config)?.[1] ?? "";
  const token = /token: (lab-admin-token)/.exec(config)?.[1] ?? "";
  const pem = (name: string): string => readFileSync(join(folder, "pki", name), "utf8");
  const agent = new Agent({ keepAlive: true, ca: pem("ca.crt"), maxSockets: 32 });
  const kubeconfigFor = (name: string, address: string): string => {
    const path = join(bench.work, `kubeconfig-${name}`);
    const cluster = { server: address, "certificate-authority-data": btoa(pem("ca.crt")) };
    const content = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "bench",
      clusters: [{ name: "bench", cluster }],
      users: [{ name: "bench", user: { token } }],
      contexts: [{ name: "bench", context: { cluster: "bench", user: "bench" } }],
    };
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  return {
    kubeconfig: kubeconfigFor("direct", server),
    call: (method, path, body, accept = "application/json") =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", accept };
        const sent = request(server + path, { method, headers, agent }, (answer) => {
          text(answer).then((said) => {
            const status = answer.statusCode ?? 0;
            if (status < 300 || status === 409 || status === 404) resolve(said);
            else reject(new Error(`${method} ${path}: ${status} ${said.slice(0, 300)}`));
          }, reject);
        });
        sent.on("error", reject);
        sent.end(body === undefined ? undefined : JSON.stringify(body));
      }),
    proxy: async (name, delayMs) => {
      const proxy = await startProxy({
        server,
        ca: pem("ca.crt"),
        certificate: pem("server.crt"),
        key: pem("server.key"),
        delayMs,
      });
      return {
        proxy,
        kubeconfig: kubeconfigFor(name, proxy.server),
        kubeconfigHttp1: kubeconfigFor(`${name}-http1`, proxy.serverHttp1),
      };
    },
    down: async () => {
      agent.destroy();
      await lab("down", folder);
    },
  };
}
