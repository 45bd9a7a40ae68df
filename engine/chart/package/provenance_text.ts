/**
 * The text of a provenance file: the chart's metadata, and the digest of its archive.
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

/** Separator of the two documents. It has no dashes, because a signed text would escape them. */
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

/** Returns the digests in a signed text, by file name. */
export function listedDigests(text: string): Readonly<Record<string, string>> {
  const parts = text.split(BETWEEN);
  if (parts.length < 2) throw new SkegError("chart", "message block must have at least two parts");
  return decodeStruct(parts[1] ?? "", SUMS)?.files ?? {};
}

/** Returns the digest of an archive in the form of provenance files. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/**
 * Returns a signed text in the form that the OpenPGP package needs: without
 * blanks at line ends, and with CRLF line ends.
 */
export function signedData(text: string): object {
  const bytes = new TextEncoder().encode(
    text.replace(/[ \t\r]*(?:\r?\n|$)/g, (end) => end.includes("\n") ? "\r\n" : ""),
  );
  return { text: null, getBytes: () => bytes };
}
