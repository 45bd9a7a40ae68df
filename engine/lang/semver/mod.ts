/**
 * Versions and constraints as Helm 2 reads them.
 *
 * Used for requirements, `--version`, the order in repositories, the
 * `kubeVersion` and `tillerVersion` gates, and `semverCompare` in templates.
 *
 * @module
 */

export { isCompatibleRange } from "./compatible.ts";
export { type Constraint, parseConstraint } from "./constraint.ts";
export { isCurrentRange, satisfiesCurrent } from "./current.ts";
export {
  compareVersions,
  formatVersion,
  incrementVersion,
  parseVersion,
  type Version,
  type VersionPart,
  withMetadata,
  withPrerelease,
} from "./version.ts";
