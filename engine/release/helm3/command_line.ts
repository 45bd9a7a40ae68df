/**
 * Command lines of migrations, for advice.
 *
 * @module
 */

/** Commands below `migrate helm3`: a release of such a name stands behind `--`. */
const COMMANDS: ReadonlySet<string> = new Set(["back", "config", "finish", "verify"]);

/**
 * Returns the command line that plans the migration of a release, or performs it.
 *
 * @param flags Such as `--yes`; empty for none.
 */
export function migrateCommand(release: string, flags = ""): string {
  const words = COMMANDS.has(release) ? [flags, "--", release] : [release, flags];
  return ["skeg migrate helm3", ...words.filter((word) => word !== "")].join(" ");
}
