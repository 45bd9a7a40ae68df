/**
 * Writes charts: scaffolds, folders, archives, and provenance files.
 *
 * @module
 */
export { ARCHIVE_TIME_SECONDS, type ArchiveOptions, chartArchive } from "./archive.ts";
export type { Chart, ChartFile, ChartMetadata, Config, Maintainer } from "../../model/mod.ts";
export { createChart, createFromStarter } from "./scaffold.ts";
export { metadataDocument, metadataText } from "./metadata_text.ts";
export { saveArchive, saveFolder, saveProvenance } from "./save.ts";
export { saveToLocalRepository } from "./local_index.ts";
export { signArchive, type SignOptions } from "./sign.ts";
export { type SignedArchive, type Verification, verifyArchive, verifySigned } from "./verify.ts";
