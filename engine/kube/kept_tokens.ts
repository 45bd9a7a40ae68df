/**
 * Tokens that were renewed go back into the kubeconfig they came from, as the
 * Kubernetes client libraries do: a refresh token may work only once, and a
 * program that gives tokens shall not be asked by every command.
 *
 * Source: Kubernetes 1.16, `client-go/tools/clientcmd` (`ModifyConfig`,
 * `PersisterForUser`), which writes the whole file anew. Here the text around
 * the tokens stays as it is where that is possible.
 *
 * @module
 */
import { open, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { asList, asObject, asText, type JsonObject } from "./json.ts";
import { decodeDocument, encodeDocument, stringifyJson } from "./yaml.ts";

/** Settings of an `auth-provider` entry, by name. */
export type ProviderConfig = Readonly<Record<string, string>>;

/**
 * Writes settings of `user` into the kubeconfig `file`, and into no other
 * file. The new file takes the place of the old one in one step, and only its
 * owner can read it. A file that cannot be written, or that another program is
 * writing, stays as it is: the tokens still serve this run.
 */
export async function keepTokens(file: string, user: string, renewed: ProviderConfig): Promise<void> {
  let path: string;
  try {
    path = await realpath(file);
    // The client libraries hold this file while they write.
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

/** The text of a kubeconfig with other settings; `undefined` when it has them already, or has no such user. */
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

/** Puts values in the place of those that are there. */
function replaceValues(text: string, before: JsonObject, changed: readonly (readonly [string, string])[]): string {
  for (const [field, value] of changed) {
    const known = asText(before[field]);
    if (known !== "") text = text.replaceAll(known, () => value);
  }
  return text;
}

/** The text with settings put at the beginning of each `config` there is; one of them is the right one. */
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
