/**
 * Release records: their format, and the drivers that store them.
 *
 * @module
 */
export * from "./driver.ts";
export { type RecordDetail, withDetail } from "./detail.ts";
export * from "./record.ts";
export * from "./labels.ts";
export { isSameRecord, objectOfPlain, plainOf } from "./plain.ts";
export * from "./size.ts";
export * from "./history.ts";
export { fetchFirst, type FetchFirstOptions, fetchRecords, recordHeads } from "./heads.ts";
export { type ReleasePart, type SalvagedRecord, salvageRecord } from "./salvage.ts";
export { scanDeployed } from "./scan.ts";
export { readAhead, type ReadAheadOptions } from "./read_ahead.ts";
export * from "./memory.ts";
export * from "./configmap.ts";
export * from "./secret.ts";
export { type OpenStorage, type SqlPlace, storageKind, type StorageName, type StoragePlace } from "./kinds.ts";
export { connectPostgres } from "./open_sql.ts";
export type { PostgresOptions } from "./postgres.ts";
export type { SqlConnection, SqlDriverOptions, SqlError, SqlRow } from "./sql.ts";
export { driverAt, type ElsewhereOptions, otherStorage, recordsElsewhere } from "./elsewhere.ts";
export { type ClusterDriverOptions, headOfMetadata } from "./_cluster_driver.ts";
export { type FieldWriter, isCertain, statusLabelWriter } from "./_written_by.ts";
