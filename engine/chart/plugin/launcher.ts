/**
 * `HELM_BIN`: a path that starts this program.
 *
 * Plugins run `"$HELM_BIN" list`, so it must be executable. A compiled binary
 * is; for a bundle that Deno runs, a small script is written.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fileError, SkegError } from "../../../errors.ts";

/**
 * Returns the path of a program that runs `self`, a program with its first
 * arguments. If a script is needed, it is kept in `folder`, one for each `self`.
 * If `folder` cannot be written, a private temporary folder of the user is used.
 *
 * @throws kind `io` when the script cannot be written.
 */
export function launcherPath(self: readonly string[], folder: string, windows = Deno.build.os === "windows"): string {
  if (self.length === 1 && self[0] !== undefined) return self[0];
  const text = windows ? batchText(self) : shellText(self);
  const id = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const name = join(id, windows ? "helm.cmd" : "helm");
  try {
    return keep(text, join(folder, name));
  } catch (error) {
    const own = ownTemporaryFolder();
    if (own === undefined) throw error;
    return keep(text, join(own, name));
  }
}

function keep(text: string, path: string): string {
  if (readMaybe(path) === text) return path;
  const draft = `${path}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeFileSync(draft, text, { mode: 0o755, flag: "wx" });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw fileError("open", path, error);
  }
  return path;
}

/** Returns a temporary folder that only this user can write to; `undefined` when the name is taken by something else. */
function ownTemporaryFolder(): string | undefined {
  const { uid } = userInfo();
  const folder = join(tmpdir(), `skeg-${uid}`);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    const info = lstatSync(folder, { throwIfNoEntry: false });
    const isOwn = info?.isDirectory() && (uid < 0 || info.uid === uid && (info.mode & 0o022) === 0);
    if (!isOwn) return undefined;
  }
  return folder;
}

function shellText(self: readonly string[]): string {
  const words = self.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`;
}

function batchText(self: readonly string[]): string {
  if (self.some((word) => /["\r\n]/.test(word))) {
    throw new SkegError("config", "the path of this program cannot stand in a script");
  }
  // Percent signs begin variables in batch files.
  const words = self.map((word) => `"${word.replaceAll("%", "%%")}"`);
  return `@echo off\r\n${words.join(" ")} %*\r\n`;
}

function readMaybe(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
