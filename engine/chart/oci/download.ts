/**
 * Downloads a chart: `oci://` address → archive on disk.
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

/** Options of {@linkcode downloadOciChart}. */
export interface OciDownloadOptions extends WireOptions, ReceiveOptions {
  /** User name. Without user name and password, Docker's files and helpers are used. */
  readonly username?: string | undefined;
  /** Password, used with the user name. */
  readonly password?: string | undefined;
  /** Environment variables, which decide where Docker's files are. */
  readonly env: CredentialEnv;
  /** `later` fetches an existing provenance file; `always` requires it and verifies; default `never`. */
  readonly provenance?: "never" | "later" | "always" | undefined;
  /** Called with messages for the user; lines end in a newline. */
  readonly report?: ((text: string) => void) | undefined;
  /** Time limits; default: 30 seconds for an answer, 60 without progress. */
  readonly patience?: Patience | undefined;
  /** Called with the progress of a download; with `undefined` when the download ends. */
  readonly progress?: ((url: string, received: Received | undefined) => void) | undefined;
  /** Aborts the download. */
  readonly signal?: AbortSignal | undefined;
}

/** A downloaded chart. */
export interface OciDownload {
  /** Path of the archive; its file name is `NAME-VERSION.tgz`. */
  readonly path: string;
  /** The chart's name. */
  readonly name: string;
  /** Digest of the manifest. */
  readonly digest: string;
  /** Result of the verification; `undefined` when nothing was verified. */
  readonly verification: unknown;
}

/**
 * Downloads a chart into a folder, and its provenance file beside it. An archive of the same chart is replaced. The
 * download is compared with the requested chart, and verified, before it is written.
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

/** Returns the version of a tag, or the one that the chart states when the tag is not a version, such as `latest`. */
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
