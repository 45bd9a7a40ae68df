/**
 * Writes renewed tokens back into their kubeconfig, as the Kubernetes client libraries do: a refresh token
 * may work only once, and a token program should not run with every command.
 *
 * Source: Kubernetes 1.16, `client-go/tools/clientcmd` (`ModifyConfig`, `PersisterForUser`), which rewrites
 * the whole file. Here the text around the tokens is kept where possible.
 *
 * @module
 */
import { open, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { asList, asObject, asText, type JsonObject } from "./json.ts";
import { decodeDocument, encodeDocument, stringifyJson } from "./yaml.ts";

/** Settings of an `auth-provider` entry, by name. */
export type ProviderConfig = Readonly<Record<string, string>>;

/**
 * Writes settings of `user` into the kubeconfig `file`. The new file replaces the old one atomically, and
 * only its owner can read it. If the file cannot be written, or another program is writing it, it stays
 * unchanged: the tokens still work for this run.
 */
export async function keepTokens(file: string, user: string, renewed: ProviderConfig): Promise<void> {
  let path: string;
  try {
    path = await realpath(file);
    // The client libraries use this lock file.
    await (await open(`${path}.lock`, "wx", 0o600)).close();
  } catch {
    return;
  }
  const fresh = `${path}.${crypto.randomUUID()}`;
  try {
    const text = withTokens(await readFile(path, "utf8"), user, renewed);
    if (text === undefined) return;
    await writeFile(fresh, text, { mode: 0o600, flag: "wx" });
    await rename(fresh, path);
  } catch {
    await rm(fresh, { force: true }).catch(() => {});
  } finally {
    await rm(`${path}.lock`, { force: true }).catch(() => {});
  }
}

/** Returns the text of a kubeconfig with new settings; `undefined` when it has them already, or has no such user. */
export function withTokens(text: string, user: string, renewed: ProviderConfig): string | undefined {
  const wanted = asObject(decodeDocument(text));
  const config = configOf(wanted, user);
  if (config === undefined) return undefined;
  const before = { ...config };
  const changed = Object.entries(renewed).filter(([field, value]) => value !== "" && config[field] !== value);
  if (changed.length === 0) return undefined;
  for (const [field, value] of changed) config[field] = value;
  const meant = stringifyJson(wanted);
  const isRight = (candidate: string): boolean => {
    try {
      return stringifyJson(decodeDocument(candidate)) === meant;
    } catch {
      return false;
    }
  };
  const replaced = replaceValues(text, before, changed);
  const missing = changed.filter(([field]) => asText(before[field]) === "");
  for (const candidate of insertions(replaced, missing)) if (isRight(candidate)) return candidate;
  return encodeDocument(wanted);
}

function configOf(kubeconfig: JsonObject, user: string): JsonObject | undefined {
  const entry = asList(kubeconfig.users).map(asObject).find((each) => asText(each.name) === user);
  const provider = asObject(asObject(entry?.user)["auth-provider"]);
  if (asText(provider.name) === "") return undefined;
  if (typeof provider.config !== "object" || provider.config === null) provider.config = {};
  return asObject(provider.config);
}

/** Replaces existing values in the text. */
function replaceValues(text: string, before: JsonObject, changed: readonly (readonly [string, string])[]): string {
  for (const [field, value] of changed) {
    const known = asText(before[field]);
    if (known !== "") text = text.replaceAll(known, () => value);
  }
  return text;
}

/** Yields the text with settings inserted into each `config` in turn; the caller finds the right one. */
function* insertions(text: string, missing: readonly (readonly [string, string])[]): Generator<string> {
  if (missing.length === 0) return yield text;
  const pairs = missing.map(([field, value]) => `${JSON.stringify(field)}: ${JSON.stringify(value)}`);
  // `config: {` and `config:` with lines below it.
  for (
    const { 0: found, index } of text.matchAll(/"?\bconfig"?[ \t]*:[ \t]*\{|\bconfig:[ \t]*\n([ \t]+)(?=[^\s#-])/g)
  ) {
    const at = index + found.length;
    const indent = /\n([ \t]+)$/.exec(found)?.[1];
    const isEmpty = /^\s*\}/.test(text.slice(at));
    const put = indent === undefined
      ? pairs.join(", ") + (isEmpty ? "" : ", ")
      : pairs.join(`\n${indent}`) + `\n${indent}`;
    yield text.slice(0, at) + put + text.slice(at);
  }
}
