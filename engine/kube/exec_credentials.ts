/**
 * Credentials from a program that the kubeconfig names (`exec`).
 *
 * The program gets `KUBERNETES_EXEC_INFO` and prints an `ExecCredential`.
 *
 * @module
 */
import { isAbsolute, resolve } from "node:path";
import { SkegError } from "../../errors.ts";
import { asList, asObject, asText, isObject, type JsonObject, parseJson, scalarText } from "./json.ts";
import type { ClusterEntry } from "./context.ts";

/** The program's answer. */
export interface ExecAnswer {
  readonly token: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Milliseconds since 1970, or `undefined` when it does not expire. */
  readonly expires: number | undefined;
}

/** An `exec` entry and the folder that its command may be relative to. */
export interface ExecEntry {
  readonly spec: JsonObject;
  readonly folder: string;
}

/**
 * Runs the program and returns its credentials.
 *
 * @throws SkegError of kind `config`; its message never contains the program's output, which may hold a token.
 */
export async function execCredentials(
  entry: ExecEntry,
  cluster: ClusterEntry,
  signal?: AbortSignal,
): Promise<ExecAnswer> {
  const { spec } = entry;
  const name = asText(spec.command);
  if (name === "") throw new SkegError("config", "exec plugin: the kubeconfig names no command");
  const interactive = asText(spec.interactiveMode) !== "Never" && Deno.stdin.isTerminal();
  const env: Record<string, string> = {};
  for (const item of asList(spec.env).map(asObject)) env[asText(item.name)] = asText(item.value);
  env.KUBERNETES_EXEC_INFO = JSON.stringify(execInfo(spec, cluster, interactive));
  const output = await run(
    commandPath(name, entry.folder),
    asList(spec.args).map(argument),
    env,
    interactive,
    spec,
    signal,
  );
  return readAnswer(output, name, asText(spec.apiVersion));
}

function argument(given: unknown): string {
  const text = scalarText(given);
  if (text !== undefined) return text;
  throw new SkegError("config", "exec plugin: an argument in the kubeconfig is not text");
}

function commandPath(command: string, folder: string): string {
  const isPath = command.includes("/") || command.includes("\\");
  return isPath && !isAbsolute(command) ? resolve(folder, command) : command;
}

function execInfo(spec: JsonObject, cluster: ClusterEntry, interactive: boolean): JsonObject {
  const info: JsonObject = { interactive };
  if (spec.provideClusterInfo === true) {
    const extension = asList(cluster.raw.extensions).map(asObject)
      .find((item) => item.name === "client.authentication.k8s.io/exec");
    info.cluster = {
      server: cluster.server,
      ...(cluster.tlsServerName === undefined ? {} : { "tls-server-name": cluster.tlsServerName }),
      ...(cluster.insecureSkipTlsVerify ? { "insecure-skip-tls-verify": true } : {}),
      ...(cluster.ca === undefined ? {} : { "certificate-authority-data": base64(cluster.ca) }),
      ...(cluster.proxyUrl === undefined ? {} : { "proxy-url": cluster.proxyUrl }),
      config: extension?.extension ?? null,
    };
  }
  return { kind: "ExecCredential", apiVersion: asText(spec.apiVersion), spec: info };
}

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

async function run(
  command: string,
  args: string[],
  env: Record<string, string>,
  interactive: boolean,
  spec: JsonObject,
  signal: AbortSignal | undefined,
): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    const child = new Deno.Command(command, {
      args,
      env,
      stdin: interactive ? "inherit" : "null",
      stdout: "piped",
      stderr: "inherit",
      ...(signal === undefined ? {} : { signal }),
    });
    output = await child.output();
  } catch (cause) {
    const missing = cause instanceof Deno.errors.NotFound;
    throw new SkegError(
      "config",
      `getting credentials: exec: ${missing ? `executable ${command} not found` : `cannot run ${command}`}`,
      { cause, hint: asText(spec.installHint).trim() || "Install the program that the kubeconfig's user names." },
    );
  }
  if (!output.success) {
    throw new SkegError(
      "config",
      `getting credentials: exec: executable ${command} failed with exit code ${output.code}`,
    );
  }
  return new TextDecoder().decode(output.stdout);
}

function readAnswer(output: string, command: string, apiVersion: string): ExecAnswer {
  let answer: unknown;
  try {
    answer = parseJson(output);
  } catch {
    throw new SkegError("config", `getting credentials: exec plugin ${command} did not print JSON`);
  }
  const given = asObject(answer);
  if (given.kind !== "ExecCredential" || asText(given.apiVersion) !== apiVersion) {
    throw new SkegError(
      "config",
      `getting credentials: exec plugin ${command} is configured to use API version ${apiVersion}, ` +
        `plugin returned version ${asText(given.apiVersion)}`,
    );
  }
  if (!isObject(given.status)) {
    throw new SkegError("config", `getting credentials: exec plugin ${command} didn't return a status field`);
  }
  const status = given.status;
  const token = asText(status.token) || undefined;
  const certificate = asText(status.clientCertificateData) || undefined;
  const key = asText(status.clientKeyData) || undefined;
  if (token === undefined && certificate === undefined) {
    throw new SkegError(
      "config",
      `getting credentials: exec plugin ${command} didn't return a token or cert/key pair`,
    );
  }
  const expires = Date.parse(asText(status.expirationTimestamp));
  return { token, certificate, key, expires: Number.isNaN(expires) ? undefined : expires };
}
