/**
 * A chart's `oci://` address → the archive on disk.
 *
 * @module
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileError, SkegError } from "../../errors.ts";
import { type CredentialEnv, findCredentials, NO_CREDENTIALS } from "./credentials.ts";
import { pullChart } from "./pull.ts";
import { parseOciReference } from "./reference.ts";
import { openRegistry, type RegistryFiles } from "./registry.ts";

/** How charts are downloaded. */
export interface OciDownloadOptions extends RegistryFiles {
  /** Who we are; without both, what Docker's files and helpers say. */
  readonly username?: string | undefined;
  /** With the name. */
  readonly password?: string | undefined;
  /** Environment variables: where Docker's files are. */
  readonly env: CredentialEnv;
  /** `later` fetches the provenance file when there is one, `always` needs it; default `never`. */
  readonly provenance?: "never" | "later" | "always" | undefined;
  /** Is told what a user should know; lines end in a newline. */
  readonly report?: ((text: string) => void) | undefined;
  /** Ends the download. */
  readonly signal?: AbortSignal | undefined;
}

/** A downloaded chart. */
export interface OciDownload {
  /** Path of the archive, which is called `NAME-VERSION.tgz`. */
  readonly path: string;
  /** Of the manifest. */
  readonly digest: string;
}

/**
 * Downloads a chart into a folder, over a file that is there already; its
 * provenance file goes beside it.
 *
 * @param address Such as `oci://registry.example.com/charts/web:1.2.3`.
 * @param range A version or a range; empty: the newest release.
 * @throws SkegError of kind `usage`, `config`, `not-found`, `io` or `chart`.
 */
export async function downloadOciChart(
  address: string,
  range: string,
  folder: string,
  options: OciDownloadOptions,
): Promise<OciDownload> {
  const { provenance = "never", username = "", password = "" } = options;
  const reference = parseOciReference(address);
  const credentials = username !== "" && password !== ""
    ? { ...NO_CREDENTIALS, username, password }
    : await findCredentials(reference.host, options.env);
  const registry = await openRegistry(reference.host, { ...options, credentials });
  try {
    const pulled = await pullChart(registry, reference, range, provenance !== "never");
    const path = join(folder, `${pulled.name}-${pulled.version}.tgz`);
    if (provenance === "always" && pulled.provenance === undefined) {
      throw new SkegError("chart", `Failed to fetch provenance ${JSON.stringify(address)}: the registry has none`);
    }
    if (provenance === "later" && pulled.provenance === undefined) {
      options.report?.(`WARNING: Verification not found for ${address}: the registry has no provenance file\n`);
    }
    await write(path, pulled.archive);
    if (pulled.provenance !== undefined) await write(`${path}.prov`, pulled.provenance);
    return { path, digest: pulled.digest };
  } finally {
    registry.close();
  }
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes, { mode: 0o644 }).catch((cause) => {
    throw fileError("open", path, cause);
  });
}
