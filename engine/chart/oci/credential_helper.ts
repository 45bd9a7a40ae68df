/**
 * Docker's credential helpers: programs that store credentials.
 *
 * Source: the documentation of `docker-credential-helpers`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { SkegError } from "../../../errors.ts";

/** Credentials from a helper. */
export interface HelperAnswer {
  /** User name; `<token>` when the secret is a token. */
  readonly username: string;
  readonly secret: string;
}

/** Maximal size of a helper's answer. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/** Matches the message of a helper that has no credentials for a registry. */
const NOTHING = /credentials not found|no credentials/i;

/**
 * Asks the helper `docker-credential-NAME` for a registry's credentials;
 * `undefined` when it has none.
 *
 * @throws SkegError of kind `config` when the helper cannot be run, or fails. Its output is never part of a message.
 */
export async function askHelper(name: string, registry: string): Promise<HelperAnswer | undefined> {
  const program = `docker-credential-${name}`;
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new SkegError("config", `credential helper ${JSON.stringify(name)} is not the name of a program`);
  }
  const { code, output } = await run(program, registry);
  if (code !== 0) {
    if (NOTHING.test(output)) return undefined;
    throw new SkegError("config", `credential helper ${program} failed with exit code ${code}`, {
      hint: `Run it by hand: echo ${registry} | ${program} get`,
    });
  }
  try {
    const { Username: username, Secret: secret } = JSON.parse(output);
    if (typeof username === "string" && typeof secret === "string") return { username, secret };
  } catch {
    // The parser's message could quote secrets, so it is not shown.
  }
  throw new SkegError("config", `credential helper ${program} did not print credentials`);
}

function run(program: string, registry: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["get"], { stdio: ["pipe", "pipe", "ignore"], windowsHide: true });
    const parts: Buffer[] = [];
    let size = 0;
    child.on("error", (cause) =>
      reject(
        new SkegError("config", `cannot run the credential helper ${program}: ${cause.message}`, {
          cause,
          hint: "Install it, or take it out of Docker's config.json.",
        }),
      ));
    child.stdout.on("data", (part: Buffer) => {
      size += part.length;
      if (size > ANSWER_BYTES_MAX) child.kill();
      else parts.push(part);
    });
    child.on("close", (code) => resolve({ code, output: Buffer.concat(parts).toString("utf8") }));
    child.stdin.on("error", () => {}); // the helper may exit without reading its input
    child.stdin.end(`${registry}\n`);
  });
}
