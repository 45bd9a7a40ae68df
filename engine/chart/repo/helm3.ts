/**
 * Helm 3's list of repositories, made from Helm 2's.
 *
 * Source: Helm 3.22.0, `pkg/repo/repo.go`, `pkg/repo/chartrepo.go`.
 *
 * @module
 */
import { mkdir, readFile } from "node:fs/promises";
import { dirname, isAbsolute } from "node:path";
import { fileError, SkegError, YamlError } from "../../../errors.ts";
import { codeOf, maskYamlProblem } from "../../base/mod.ts";
import { decodeYaml, encodeYaml } from "../../lang/yaml/mod.ts";
import { replaceFile } from "./files.ts";
import { hasSecrets, type Repository } from "./repositories.ts";
import { localTime } from "./time.ts";

/** A repository that is not copied. */
export interface LeftOutRepository {
  /** Its entry in Helm 2's list. */
  readonly repository: Repository;
  /** Why; no full stop. */
  readonly reason: string;
}

/** Helm 2's repositories, as Helm 3 can use them. */
export interface Helm3Repositories {
  /** Entries to copy, in Helm 2's order. */
  readonly kept: readonly Repository[];
  /** The others. */
  readonly leftOut: readonly LeftOutRepository[];
  /** Facts about the entries to copy that a user should know; one sentence each. */
  readonly notes: readonly string[];
}

/** Options of {@linkcode forHelm3}. */
export interface ForHelm3Options {
  /** Returns the new address of a host that no longer exists; `undefined` for any other host. */
  readonly movedTo: (host: string) => string | undefined;
  /** Helm 2's folder, for notes about files in it. */
  readonly home: string;
}

/**
 * Chooses the repositories that Helm 3 can use. Asks nothing over the network.
 *
 * Left out are hosts that no longer exist, the address on which `serve` of Helm 2 answers, and entries without a name or
 * an address.
 */
export function forHelm3(repositories: readonly Repository[], { movedTo, home }: ForHelm3Options): Helm3Repositories {
  const kept: Repository[] = [];
  const leftOut: LeftOutRepository[] = [];
  for (const repository of repositories) {
    const reason = whyNot(repository, movedTo) ?? (
      kept.some(({ name }) => name === repository.name) ? "the list has a repository of this name already" : undefined
    );
    if (reason === undefined) kept.push(repository);
    else leftOut.push({ repository, reason });
  }
  const secret = kept.filter(hasSecrets).map(({ name }) => name);
  return {
    kept,
    leftOut,
    notes: [
      ...secret.length === 0 ? [] : [`the copy holds the passwords of ${secret.join(", ")}; only you can read it`],
      ...kept.flatMap((repository) => fileNotes(repository, home)),
    ],
  };
}

function whyNot({ name, url }: Repository, movedTo: ForHelm3Options["movedTo"]): string | undefined {
  if (name === "" || url === "") return "it has no name or no address";
  const address = URL.parse(url);
  if (address === null) return undefined; // a plugin's address, or a folder
  const moved = movedTo(address.hostname);
  if (moved !== undefined) return `the host ${address.hostname} no longer exists; its charts are at ${moved}`;
  const isServed = address.port === "8879" && ["127.0.0.1", "localhost", "[::1]"].includes(address.hostname);
  return isServed ? "only 'serve' of Helm 2 answers there, and Helm 3 has no such command" : undefined;
}

function fileNotes({ name, certFile, keyFile, caFile }: Repository, home: string): string[] {
  const files = [certFile, keyFile, caFile].filter((file) => file !== "");
  const inside = files.filter((file) => home !== "" && file.startsWith(`${home.replace(/[/\\]$/, "")}/`));
  const relative = files.filter((file) => !isAbsolute(file));
  return [
    ...inside.length === 0 ? [] : [`${name} uses files in Helm 2's folder, so keep them there: ${inside.join(", ")}`],
    ...relative.length === 0
      ? []
      : [`${name} names files relative to the folder in which a command runs: ${relative.join(", ")}`],
  ];
}

/** Returns the text of Helm 3's list. */
export function encodeHelm3Repositories(repositories: readonly Repository[], now: Date = new Date()): string {
  return encodeYaml({
    apiVersion: "v1",
    generated: localTime(now),
    repositories: repositories.map(({ cache: _, ...entry }) => ({
      ...entry,
      insecure_skip_tls_verify: false,
      pass_credentials_all: false,
    })),
  });
}

/** A repository in Helm 3's list. */
export interface Helm3Repository {
  /** Name given by the user. */
  readonly name: string;
  /** Its address; may contain credentials. */
  readonly url: string;
}

/**
 * Returns the repositories of Helm 3's list; `undefined` if there is no such file.
 *
 * @throws SkegError of kind `io` or `config` when the file cannot be read. Messages quote nothing of its content.
 */
export async function loadHelm3Repositories(path: string): Promise<readonly Helm3Repository[] | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw fileError("open", path, error);
  }
  const wrong = (why: string): SkegError =>
    new SkegError("config", `cannot read Helm 3's list of repositories ${path}: ${why}`, {
      hint: "Mend the file, or move it away.",
    });
  let file: unknown;
  try {
    file = decodeYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw wrong(maskYamlProblem(error.message));
  }
  const { repositories = null } = (file ?? {}) as { repositories?: unknown };
  if (typeof file === "string" || repositories !== null && !Array.isArray(repositories)) {
    throw wrong("it has no list under `repositories`");
  }
  return (repositories ?? []).map((entry) => {
    const { name = "", url = "" } = (entry ?? {}) as Record<string, unknown>;
    return { name: String(name), url: String(url) };
  });
}

/** Writes Helm 3's list, readable by its owner only, and creates its folder. */
export async function writeHelm3Repositories(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw fileError("mkdir", dirname(path), error);
  }
  await replaceFile(path, text, { exactMode: 0o600 });
}
