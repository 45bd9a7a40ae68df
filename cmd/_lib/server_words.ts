/**
 * The server's words about objects: its warnings, once each, and what it refused.
 *
 * @module
 */
import { MASK } from "../../engine/base/mod.ts";
import type { KubeRequest, Transport } from "../../engine/kube/mod.ts";

/** An object that the server refused to create or change. */
export interface RefusedObject {
  readonly kind: string;
  readonly name: string;
  /** The server's message. */
  readonly message: string;
}

/** A transport that listens to the server. */
export interface Listening {
  readonly transport: Transport;
  /** Refusals so far, the newest last. */
  readonly refused: readonly RefusedObject[];
}

/** Options of {@linkcode listenTo}. */
export interface ListenOptions {
  /** Called with every new warning. */
  readonly warn: (text: string) => void;
  /** True for `--strict-fields`: the server refuses objects with fields that it does not know. */
  readonly isStrict: boolean;
  /** If true, warnings are passed on as they are; by default, secrets in them become `***`. */
  readonly showsSecrets?: boolean;
}

/** Returns a transport that hears warnings and refusals of writes. */
export function listenTo(transport: Transport, { warn, isStrict, showsSecrets = false }: ListenOptions): Listening {
  const told = new Set<string>();
  const refused: RefusedObject[] = [];
  /** Secrets that were read or written, as JSON: a webhook may quote their values. Parsed only if there is a warning. */
  const secrets = new Set<string>();
  return {
    refused,
    async transport(request) {
      if (isWrite(request)) {
        if (isAboutSecret(request)) secrets.add(request.body ?? "");
      } else {
        const answer = await transport(request);
        if (showsSecrets || request.method !== "GET" || !answer.ok || !isAboutSecret(request)) return answer;
        const text = await answer.text();
        secrets.add(text);
        return new Response(text, { status: answer.status, statusText: answer.statusText, headers: answer.headers });
      }
      const answer = await transport(isStrict ? strictly(request) : request);
      const warnings = warningsOf(answer.headers.get("warning") ?? "");
      if (warnings.length === 0 && !isRefusal(answer.status)) return answer;
      const { kind, name } = objectOf(request);
      const mask = warnings.length === 0 || showsSecrets ? (text: string) => text : await maskOf(secrets, request);
      for (const text of warnings.map(mask)) {
        const line = `${[kind, name].filter(Boolean).join(" ")}: ${text}`;
        if (!told.has(line)) warn(line);
        told.add(line);
      }
      if (!isRefusal(answer.status)) return answer;
      const text = await answer.text();
      refused.push({ kind, name, message: messageOf(text) });
      return new Response(text, { status: answer.status, statusText: answer.statusText, headers: answer.headers });
    },
  };
}

/** The path of a Secret, or of a namespace's Secrets. */
const SECRETS = /^\/api\/v1\/namespaces\/[^/]+\/secrets(?:\/([^/?]+))?(?:\?|$)/;

/** True if the request reads or writes one Secret that is no release record. */
function isAboutSecret({ method, path }: KubeRequest): boolean {
  const [whole, name] = SECRETS.exec(path) ?? [];
  if (whole === undefined) return false;
  return name === undefined ? method === "POST" : !/\.v\d+$/.test(name);
}

/** Returns a function that masks the values of Secrets, and values under names of secrets in the request's own object. */
async function maskOf(secrets: ReadonlySet<string>, { body = "" }: KubeRequest): Promise<(text: string) => string> {
  const { createMasking } = await import("../../engine/kube/explain/mod.ts");
  // A patch of a Secret has no kind.
  const known = [...secrets].map((text) => ({ ...Object(parsed(text)), apiVersion: "v1", kind: "Secret" }));
  return createMasking(known, [parsed(body)], { mark: () => MASK }).text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isWrite = ({ method }: KubeRequest): boolean => method === "POST" || method === "PUT" || method === "PATCH";

/** Statuses with which a server refuses the content of an object. */
const isRefusal = (status: number): boolean => status === 400 || status === 403 || status === 422;

function strictly(request: KubeRequest): KubeRequest {
  const sign = request.path.includes("?") ? "&" : "?";
  return { ...request, path: `${request.path}${sign}fieldValidation=Strict` };
}

/** Returns the texts of a `Warning` header, such as `299 - "v1 Endpoints is deprecated"`. */
function warningsOf(header: string): string[] {
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) => text.replaceAll(/\\(.)/g, "$1"));
}

/** Returns kind and name of the object in a request; of a patch, the resource and the name in the path. */
function objectOf({ method, path, body = "" }: KubeRequest): { kind: string; name: string } {
  const parts = (path.split("?")[0] ?? "").split("/");
  if (method === "PATCH") return { kind: parts.at(-2) ?? "", name: parts.at(-1) ?? "" };
  try {
    const { kind, metadata } = JSON.parse(body) as { kind?: unknown; metadata?: { name?: unknown } };
    return { kind: String(kind ?? ""), name: String(metadata?.name ?? "") };
  } catch {
    return { kind: "", name: parts.at(-1) ?? "" };
  }
}

function messageOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? "");
  } catch {
    return "";
  }
}
