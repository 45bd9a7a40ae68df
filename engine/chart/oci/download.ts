/**
 * A chart's `oci://` address → the archive on disk.
 *
 * @module
 */
import { join } from "node:path";
import { SkegError } from "../../../errors.ts";
import type { Patience, Received } from "../../net/download/mod.ts";
import {
  ArrivalError,
  type AskedChart,
  checkFileName,
  type Proof,
  receiveArchive,
  type ReceiveOptions,
} from "../load/mod.ts";
import { type CredentialEnv, findCredentials, NO_CREDENTIALS } from "./credentials.ts";
import { pullChart, type PulledChart } from "./pull.ts";
import { parseOciReference, shownReference, versionOf } from "./reference.ts";
import { openRegistry } from "./registry.ts";
import type { WireOptions } from "./wire.ts";

/** How charts are downloaded. */
export interface OciDownloadOptions extends WireOptions, ReceiveOptions {
  /** Who we are; without both, what Docker's files and helpers say. */
  readonly username?: string | undefined;
  /** With the name. */
  readonly password?: string | undefined;
  /** Environment variables: where Docker's files are. */
  readonly env: CredentialEnv;
  /** `later` fetches the provenance file when there is one, `always` needs it and verifies; default `never`. */
  readonly provenance?: "never" | "later" | "always" | undefined;
  /** Is told what a user should know; lines end in a newline. */
  readonly report?: ((text: string) => void) | undefined;
  /** How long answers are waited for; default 30 seconds, and 60 without progress. */
  readonly patience?: Patience | undefined;
  /** Is told how much of an address has come; of `undefined` when it is done with. */
  readonly progress?: ((url: string, received: Received | undefined) => void) | undefined;
  /** Ends the download. */
  readonly signal?: AbortSignal | undefined;
}

/** A downloaded chart. */
export interface OciDownload {
  /** Path of the archive, which is called `NAME-VERSION.tgz`. */
  readonly path: string;
  /** The chart's name. */
  readonly name: string;
  /** Of the manifest. */
  readonly digest: string;
  /** What verifying gave; `undefined` when nothing was verified. */
  readonly verification: unknown;
}

/**
 * Downloads a chart into a folder, over an archive of the same chart that is there already; its provenance file goes
 * beside it. What comes is compared with what was asked for, and verified, before it is written.
 *
 * @param address Such as `oci://registry.example.com/charts/web:1.2.3`.
 * @param range A version or a range; empty: the newest release.
 * @throws SkegError of kind `usage`, `config`, `not-found`, `io`, `exists` or `chart`.
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
    const file = `${pulled.name}-${pulled.version}.tgz`;
    checkFileName(file, `the registry`);
    const path = join(folder, file);
    const shown = shownReference(reference);
    const wanted = reference.repository.split("/").at(-1) ?? "";
    if (pulled.name !== wanted) {
      throw new ArrivalError("chart", `${shown} holds the chart ${JSON.stringify(pulled.name)}, not ${wanted}`);
    }
    const asked: AskedChart = { name: pulled.name, version: askedVersion(pulled) };
    const received = { path, archive: pulled.archive, address: shown, asked };
    const proof = () => Promise.resolve(proofOf(pulled, address, options));
    const verification = await receiveArchive({ ...received, proof }, options);
    return { path, name: pulled.name, digest: pulled.digest, verification };
  } finally {
    registry.close();
  }
}

/** The version that a tag stands for, or that the registry tells where the tag is no version, such as `latest`. */
function askedVersion({ tag, version }: PulledChart): string {
  return /^v?\d+\.\d+\.\d+/.test(tag) ? versionOf(tag) : version;
}

function proofOf(
  { provenance: file }: PulledChart,
  address: string,
  { provenance = "never", report }: OciDownloadOptions,
): Proof | undefined {
  if (provenance === "never") return undefined;
  const isVerified = provenance === "always";
  if (file !== undefined) return { file, isVerified };
  if (isVerified) {
    const text = `Failed to fetch provenance ${JSON.stringify(address)}: the registry has none`;
    return { file: new SkegError("chart", text), isVerified };
  }
  report?.(`WARNING: Verification not found for ${address}: the registry has no provenance file\n`);
  return undefined;
}
