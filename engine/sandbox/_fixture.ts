/**
 * Helpers for the sandbox's tests: a sandbox in memory, a short way to send a request, and small
 * objects to send.
 *
 * @module
 */
import type { KubeRequest } from "../kube/mod.ts";
import { openSandbox, type Sandbox, type SandboxOptions } from "./sandbox.ts";

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
  readonly headers: Headers;
}

/** A sandbox with a short way to send requests. */
export interface Fixture {
  readonly sandbox: Sandbox;
  /** Sends a request. A body that is not a string is sent as JSON. */
  ask(method: KubeRequest["method"], path: string, body?: unknown, more?: Partial<KubeRequest>): Promise<Answer>;
}

/** Opens a sandbox for a test. */
export async function openFixture(options: SandboxOptions = {}): Promise<Fixture & AsyncDisposable> {
  const sandbox = await openSandbox(options);
  return {
    sandbox,
    async ask(method, path, body, more = {}) {
      const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
      const answer = await sandbox.transport({ method, path, body: text, ...more });
      const given = await answer.text();
      const isJson = answer.headers.get("content-type")?.startsWith("application/json") ?? false;
      return { status: answer.status, body: isJson ? JSON.parse(given) : given, headers: answer.headers };
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/** Path of a core resource in a namespace. */
export function core(resource: string, namespace = "default"): string {
  return `/api/v1/namespaces/${namespace}/${resource}`;
}

/** Path of a resource of a group in a namespace. */
export function grouped(groupVersion: string, resource: string, namespace = "default"): string {
  return `/apis/${groupVersion}/namespaces/${namespace}/${resource}`;
}

/** A ConfigMap. */
export function configMap(name: string, data: Record<string, unknown> = {}): Record<string, unknown> {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
}

/** A workload with one container. */
export function workload(kind: string, name: string, spec: Record<string, unknown> = {}): Record<string, unknown> {
  const labels = { app: name };
  const isJob = kind === "Job";
  return {
    apiVersion: isJob ? "batch/v1" : "apps/v1",
    kind,
    metadata: { name },
    spec: {
      ...(isJob ? {} : { selector: { matchLabels: labels } }),
      template: {
        metadata: { labels },
        spec: {
          ...(isJob ? { restartPolicy: "Never" } : {}),
          containers: [{ name: "main", image: "example.invalid/image:1" }],
        },
      },
      ...spec,
    },
  };
}
