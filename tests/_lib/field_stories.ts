/**
 * Plays stories of writes against an API server, real or sandbox, and returns its answers in a form
 * that is the same for every run.
 *
 * @module
 */
import type { KubeRequest, Transport } from "../../engine/kube/mod.ts";

/** One request of a story. */
export interface Step {
  readonly method: KubeRequest["method"];
  /** `NS` in a path becomes the story's namespace. */
  readonly path: string;
  /** `json`, `merge`, `strategic` or `apply` for patches. */
  readonly patch?: string;
  readonly body?: unknown;
  /** The status to wait for: the step is repeated until the server answers so. */
  readonly until?: number;
}

/** Requests that are played one after the other in a namespace of their own. */
export interface Story {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A server's answer to one step. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const PATCHES: Readonly<Record<string, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};

/** Fields whose values differ from run to run; only their presence counts. */
const VARYING = ["uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "time", "clusterIP"];

// deno-lint-ignore no-explicit-any
type Data = any;

/** Replaces what differs from run to run, and sorts managers: their order follows their times. */
export function normalize(data: Data, namespace: string): unknown {
  if (typeof data === "string") return data.replaceAll(namespace, "NS");
  if (Array.isArray(data)) return data.map((item) => normalize(item, namespace));
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) => {
      if (VARYING.includes(name)) return [name, value === null ? null : "*"];
      if (name === "clusterIPs") return [name, ["*"]];
      if (name === "nodePort") return [name, 1];
      if (name !== "managedFields") return [name, normalize(value, namespace)];
      const key = (m: Data): string => JSON.stringify([m.manager, m.operation, m.apiVersion, m.subresource ?? ""]);
      const entries = (value as Data[]).map((entry) => normalize(entry, namespace) as Data);
      return [name, entries.sort((a, b) => key(a) < key(b) ? -1 : 1)];
    }),
  );
}

/** Plays the stories and returns one list of answers for each. */
export async function playStories(transport: Transport, stories: readonly Story[]): Promise<Record<string, Answer[]>> {
  const answers: Record<string, Answer[]> = {};
  for (const [index, story] of stories.entries()) {
    const namespace = `story-${index}-${crypto.randomUUID().slice(0, 8)}`;
    const once = async (step: Step): Promise<Answer> => {
      const response = await transport({
        method: step.method,
        path: step.path.replaceAll("NS", namespace),
        ...(step.body === undefined ? {} : { body: JSON.stringify(step.body).replaceAll("NS", namespace) }),
        ...(step.patch === undefined ? {} : { contentType: PATCHES[step.patch] }),
      });
      const text = await response.text();
      return { status: response.status, body: normalize(text.startsWith("{") ? JSON.parse(text) : text, namespace) };
    };
    const send = async (step: Step): Promise<Answer> => {
      for (let n = 0;; n++) {
        const answer = await once(step);
        if (step.until === undefined || answer.status === step.until || n > 100) return answer;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
    await send({ method: "POST", path: "/api/v1/namespaces", body });
    const found: Answer[] = [];
    for (const step of story.steps) found.push(await send(step));
    answers[story.name] = found;
  }
  return answers;
}
