/**
 * Starts the programs that suites name as post-renderers.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { PostRenderer } from "../engine/chart/suite/mod.ts";
import { fromBytes, toBytes } from "../engine/lang/golang/mod.ts";

/**
 * Sends text through a program: standard input to standard output.
 *
 * @throws SkegError of kind `io` when the program cannot be started or fails.
 */
export async function runPostRenderer({ cmd, args }: PostRenderer, text: string): Promise<string> {
  const failed = (reason: string, cause?: unknown) =>
    new SkegError("io", `post-render failed: error while running command ${cmd}. ${reason}`, { cause });
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(cmd, { args: [...args], stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  } catch (error) {
    throw failed(error instanceof Error ? error.message : `${error}`, error);
  }
  const writer = child.stdin.getWriter();
  // A program that ends without reading closes the pipe; its exit status tells what happened.
  const written = writer.write(toBytes(text)).then(() => writer.close()).catch(() => {});
  const [{ success, code, stdout, stderr }] = await Promise.all([child.output(), written]);
  if (success) return fromBytes(stdout);
  throw failed(`error output:\n${new TextDecoder().decode(stderr)}: exit status ${code}`);
}
