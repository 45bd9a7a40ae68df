/**
 * Plugins under version control: detects the kind of an address, and runs Git.
 *
 * Source: Helm 2.17.0, `pkg/plugin/installer/vcs_installer.go`, with
 * Masterminds/vcs 1.13.0.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SkegError } from "../../../errors.ts";
import { maskSecrets } from "../../base/mod.ts";
import { compareVersions, parseConstraint, parseVersion, type Version } from "../../lang/semver/mod.ts";
import { quote } from "../../lang/golang/mod.ts";
import { sourceParts } from "./place.ts";

/** Kinds of version control; only Git is supported. */
type Kind = "git" | "hg" | "svn" | "bzr";

const FOLDERS: readonly (readonly [string, Kind])[] = [[".git", "git"], [".svn", "svn"], [".hg", "hg"], [
  ".bzr",
  "bzr",
]];
const SCHEMES: Readonly<Record<string, Kind>> = { "git+ssh": "git", "git": "git", "bzr+ssh": "bzr", "svn+ssh": "svn" };
/** Hosts that only have Git repositories, with the pattern of a repository's path. */
const GIT_HOSTS: Readonly<Record<string, RegExp>> = {
  "github.com": /^\/[\w.-]+\/[\w.-]+(?:\/[\w.-]+)*$/,
  "bitbucket.org": /^\/[\w.-]+\/[\w.-]+(?:\/[\w.-]+)*$/,
  "git.launchpad.net": /^\/(?:[\w.-]+|~[\w.-]+\/(?:\+git|[\w.-]+)\/[\w.-]+)$/,
  "go.googlesource.com": /^\/[\w.-]+\/?$/,
};

/** Returns the bytes at an address. */
export type Fetch = (url: string) => Promise<Uint8Array>;

const noKind = () => new SkegError("config", "Cannot detect VCS");

/**
 * Returns the address of the Git repository that `source` names. If the address
 * does not show its kind, the web page there is searched for `go-import`.
 *
 * @throws kind `config`: `Cannot detect VCS`, or another kind of version control.
 */
export async function gitAddress(source: string, checkout: string, fetch: Fetch): Promise<string> {
  const kind = kindOfAddress(source);
  if (kind !== undefined) return onlyGit(kind, source);
  const told = /^https?:\/\//.test(source) ? await toldAddress(source, fetch) : undefined;
  if (told !== undefined) return told;
  const local = kindOfFolder(checkout);
  if (local === undefined) throw noKind();
  return onlyGit(local, source);
}

function onlyGit(kind: Kind, source: string): string {
  if (kind === "git") return source;
  throw new SkegError("config", `${source} is kept in ${kind}: only git is known here`, {
    hint: "Check it out and install the plugin from that folder.",
  });
}

function kindOfAddress(source: string): Kind | undefined {
  const { scheme, user, host, path } = sourceParts(source);
  if (scheme === "file") return kindOfFolder(fileURLToPath(source));
  if (host === "") return undefined;
  const known = SCHEMES[scheme];
  if (known !== undefined) return known;
  const pattern = Object.hasOwn(GIT_HOSTS, host) ? GIT_HOSTS[host] : undefined;
  if (pattern !== undefined) return pattern.test(path) ? "git" : undefined;
  const ending = /\.(git|hg|svn|bzr)$/.exec(path)?.[1] as Kind | undefined;
  return ending ?? (user === "git" || user === "hg" ? user : undefined);
}

/** Returns the kind of version control of a checkout. */
function kindOfFolder(folder: string): Kind | undefined {
  return FOLDERS.find(([name]) => existsSync(join(folder, name)))?.[1];
}

/** Returns the Git address in the `go-import` tag of a web page. */
async function toldAddress(source: string, fetch: Fetch): Promise<string | undefined> {
  const page = await fetch(`${source}${source.includes("?") ? "+" : "?"}go-get=1`).catch(() => undefined);
  if (page === undefined) return undefined;
  const { host, path } = sourceParts(source);
  const head = new TextDecoder().decode(page.subarray(0, 1024 * 1024)).split(/<body|<\/head/i, 1)[0] ?? "";
  for (const [tag] of head.matchAll(/<meta\s[^>]*>/gi)) {
    if (!/\sname\s*=\s*["']?go-import["'\s/>]/i.test(tag)) continue;
    const [prefix = "", kind, address] = /\scontent\s*=\s*["']([^"']*)["']/i.exec(tag)?.[1]?.trim().split(/\s+/) ?? [];
    if (address === undefined || !`${host}${path}`.startsWith(prefix)) continue;
    // The page is not trusted: only addresses are accepted that Git cannot read as an option or a command.
    if (kind === "git" && /^(?:https?|ssh|git):\/\//.test(address)) return address;
  }
  return undefined;
}

/** A checkout of a Git repository. */
export class GitCheckout {
  /** Path of the checkout. */
  readonly folder: string;
  /** Address of the remote repository. */
  readonly remote: string;
  readonly #debug: (text: string) => void;

  private constructor(remote: string, folder: string, debug: (text: string) => void) {
    this.remote = remote;
    this.folder = folder;
    this.#debug = debug;
  }

  /** Returns a checkout of `remote` in `folder`, which need not exist yet. */
  static async of(remote: string, folder: string, debug: (text: string) => void): Promise<GitCheckout> {
    if (existsSync(join(folder, ".git"))) {
      const { text } = await git(
        ["config", "--get", "remote.origin.url"],
        folder,
        "Unable to retrieve local repo information",
      );
      const known = text.trim();
      if (remote !== "" && known !== remote) {
        throw new SkegError("config", "The Remote does not match the VCS endpoint");
      }
      return new GitCheckout(known, folder, debug);
    }
    if (kindOfFolder(folder) !== undefined) throw new SkegError("config", "Wrong VCS detected");
    return new GitCheckout(remote, folder, debug);
  }

  /** Returns the checkout in a folder; `undefined` when the folder is not a checkout. */
  static async at(folder: string, debug: (text: string) => void): Promise<GitCheckout | undefined> {
    return kindOfFolder(folder) === "git" ? await GitCheckout.of("", folder, debug) : undefined;
  }

  /** Clones the repository, or updates an existing checkout. */
  async sync(): Promise<void> {
    if (existsSync(this.folder)) {
      this.#debug(`updating ${this.remote}`);
      return await this.#pull();
    }
    this.#debug(`cloning ${this.remote} to ${this.folder}`);
    mkdirSync(dirname(this.folder), { recursive: true });
    await git(["clone", "--recursive", "--", this.remote, this.folder], undefined, "Unable to get repository");
  }

  /** Updates the checkout; throws when it has local changes. */
  async update(): Promise<void> {
    this.#debug(`updating ${this.remote}`);
    const { text, status } = await git(["diff"], this.folder);
    if (status !== 0 || text !== "") throw new SkegError("config", "plugin repo was modified");
    await this.#pull();
  }

  async #pull(): Promise<void> {
    const what = "Unable to update repository";
    await git(["fetch", "--tags", "origin"], this.folder, what);
    // A commit is checked out instead of a branch, so there is nothing to pull.
    if (!readFileSync(join(this.folder, ".git", "HEAD"), "utf8").trim().startsWith("ref: ")) return;
    await git(["pull"], this.folder, what);
    await this.#submodules();
  }

  /** Checks out a version: a commit, branch or tag, or the highest tag in a range. */
  async checkOut(version: string): Promise<void> {
    const ref = await this.#resolve(version);
    this.#debug(`setting version to ${quote(version)}`);
    await git(["checkout", ref], this.folder, "Unable to update checked out version");
    await this.#submodules();
  }

  async #resolve(version: string): Promise<string> {
    const isOption = version.startsWith("-");
    if (!isOption) {
      for (const args of [["rev-parse", "--verify", version], ["show-ref", version]]) {
        if ((await git(args, this.folder)).status === 0) return version;
      }
    }
    const constraint = parseConstraint(version);
    const { text } = await git(["show-ref"], this.folder, "Unable to retrieve tags");
    const tags = [...text.matchAll(/tags\/(\S+)$/gm)].map(([, tag = ""]) => tag);
    this.#debug(`found refs: [${tags.join(" ")}]`);
    const versions = tags.flatMap((tag) => versionOf(tag)).sort((a, b) => compareVersions(b, a));
    const best = versions.find((each) => constraint.check(each));
    if (best === undefined) {
      const message = `requested version ${quote(version)} does not exist for plugin ${quote(this.remote)}`;
      throw new SkegError("config", message);
    }
    this.#debug(`setting to ${best.original}`);
    return best.original;
  }

  /** Updates submodules to the new state and removes files of the old one. */
  async #submodules(): Promise<void> {
    const what = "Unexpected error while defensively updating submodules";
    const clean = ["clean", "-x", "-d", "-f", "-f"];
    await git(["submodule", "update", "--init", "--recursive"], this.folder, what);
    await git(clean, this.folder, what);
    await git(["submodule", "foreach", "--recursive", "git", ...clean], this.folder, what);
  }
}

function versionOf(text: string): Version[] {
  try {
    return [parseVersion(text)];
  } catch {
    return [];
  }
}

/** Runs Git. With `what`, a failure is thrown as an error that begins with this text. */
async function git(
  args: readonly string[],
  cwd: string | undefined,
  what?: string,
): Promise<{ text: string; status: number }> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command("git", {
      args: [...args],
      ...cwd === undefined ? {} : { cwd },
      stdin: "inherit",
      stdout: "piped",
      stderr: "piped",
    }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new SkegError("config", "git is not installed", { cause: error });
    throw error;
  }
  const decoder = new TextDecoder();
  const [text, complaint] = [decoder.decode(output.stdout), decoder.decode(output.stderr)];
  if (output.code !== 0 && what !== undefined) {
    const told = cwd === undefined ? `${maskSecrets(`${text}${complaint}`)}: ` : "";
    throw new SkegError("config", `${what}: ${told}exit status ${output.code}`);
  }
  return { text, status: output.code };
}
