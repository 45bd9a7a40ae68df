/**
 * What a provenance file says: the chart's metadata, and the digest of its archive.
 *
 * Source: Helm 2.17.0, `pkg/provenance/sign.go`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { SkegError } from "../../../errors.ts";
import type { ChartMetadata } from "../../model/mod.ts";
import { decodeStruct, encodeYaml, STRING_MAP } from "../../lang/yaml/mod.ts";
import { metadataText } from "./metadata_text.ts";

/** Stands between the two documents: dashes would be escaped in a signed text. */
const BETWEEN = "\n...\n";

const SUMS = {
  kind: "struct",
  type: "provenance.SumCollection",
  fields: { files: STRING_MAP, images: STRING_MAP },
} as const;

/** Returns the text that is signed for an archive. */
export function provenanceText(metadata: ChartMetadata, archiveName: string, bytes: Uint8Array): string {
  return `${metadataText(metadata)}${BETWEEN}${encodeYaml({ files: { [archiveName]: digestOf(bytes) } })}`;
}

/** The digests by file name that a signed text lists. */
export function listedDigests(text: string): Readonly<Record<string, string>> {
  const parts = text.split(BETWEEN);
  if (parts.length < 2) throw new SkegError("chart", "message block must have at least two parts");
  return decodeStruct(parts[1] ?? "", SUMS)?.files ?? {};
}

/** The digest of an archive, as provenance files write it. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/**
 * A signed text as the OpenPGP package takes it: blanks at the ends of lines
 * do not count, and lines end as on the wire.
 */
export function signedData(text: string): object {
  const bytes = new TextEncoder().encode(
    text.replace(/[ \t\r]*(?:\r?\n|$)/g, (end) => end.includes("\n") ? "\r\n" : ""),
  );
  return { text: null, getBytes: () => bytes };
}
