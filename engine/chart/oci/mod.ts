/**
 * Charts in OCI registries, stored the way Helm 3 stores them.
 *
 * @module
 */
export type { WireOptions } from "./wire.ts";
export type { Chart, ChartMetadata } from "../../model/mod.ts";
export type { Descriptor } from "./media_types.ts";
export { type CredentialEnv, findCredentials, type RegistryCredentials } from "./credentials.ts";
export { downloadOciChart, type OciDownload, type OciDownloadOptions } from "./download.ts";
export { pullChart, type PulledChart } from "./pull.ts";
export { type ChartToPush, pushChart, type Pushed } from "./push.ts";
export { isOciReference, type OciReference, parseOciReference, tagOf, versionOf } from "./reference.ts";
export { type OciRegistry, openRegistry, type RegistryFiles, type RegistryOptions } from "./registry.ts";
export { chooseTag } from "./tags.ts";
