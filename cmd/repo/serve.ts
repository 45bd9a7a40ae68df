/**
 * `serve`: serves a chart repository from this machine.
 *
 * Source: Helm 2.17.0, `cmd/helm/serve.go`.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fileError, SkegError } from "../../errors.ts";
import { indexFolder, localRepositoryPath, repositoryHandler } from "../../engine/chart/repo/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { helmHome } from "../../app/home.ts";
import { messageOf } from "../_lib/print.ts";
import { DOWNLOAD_GRACE, statusOfSignal, whileHolding } from "../_lib/signals.ts";

/** `serve`. */
export const command = defineCommand({
  usage: "[flags]",
  long: `
Serves a folder of packaged charts as a chart repository until it is stopped.

The folder is $HELM_HOME/repository/local unless '--repo-path' names another; its
index.yaml is written again first. '--url' sets the public address, if it differs
from the listening address. There is a page for browsers at /.

There is no encryption and no password: it is meant for tests.`,
  example: `  helm serve
  helm serve --repo-path dist --address 127.0.0.1:8900`,
  flags: defineFlags({
    "address": { type: "string", usage: "Address to listen on", default: "127.0.0.1:8879" },
    "repo-path": { type: "string", complete: "folder", usage: "Local directory path from which to serve charts" },
    "url": { type: "string", usage: "External URL of chart repository" },
  }),
  run: async (context) => {
    const { flags, globals, variables, print, signal } = context;
    const { address, url } = flags;
    const folder = resolve(flags["repo-path"] || localRepositoryPath(helmHome(globals.home, variables).folder));
    await stat(folder).catch((error) => {
      const { kind, message } = fileError("stat", folder, error);
      throw new SkegError(kind, message, {
        cause: error,
        hint:
          "Name a folder of charts with --repo-path, or type 'skeg init --client-only --skip-refresh' to make this one.",
      });
    });
    print.out("Regenerating index. This may take a moment.\n");
    await indexFolder(folder, { url: url === "" ? `http://${address}` : url });
    print.out(`Now serving you on ${address}\n`);
    const handler = await repositoryHandler(folder);
    await whileHolding(context, () => listen(address, handler, signal), DOWNLOAD_GRACE);
    return statusOfSignal(signal);
  },
});

/** Serves until the signal fires. */
async function listen(
  address: string,
  handler: (request: Request) => Promise<Response>,
  signal: AbortSignal,
): Promise<void> {
  const colon = address.lastIndexOf(":");
  const port = Number(address.slice(colon + 1) || NaN);
  if (colon < 0) throw new SkegError("usage", `listen tcp: address ${address}: missing port in address`);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new SkegError("usage", `listen tcp: address ${address.slice(colon + 1)}: invalid port`);
  }
  const hostname = address.slice(0, colon).replace(/^\[|\]$/g, "") || "::";
  try {
    await Deno.serve({ hostname, port, signal, onListen: () => {} }, handler).finished;
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse ? "bind: address already in use" : messageOf(error);
    throw new SkegError("io", `listen tcp ${address}: ${reason}`, { cause: error });
  }
}
