/**
 * Release names: what may be one, and how one is made up.
 *
 * Source: Helm 2.17.0, `validateReleaseName` and `uniqName` in
 * `pkg/tiller/release_server.go`; the client's check in `cmd/helm/install.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { type Driver, type DriverOptions, releaseKey } from "../../storage/mod.ts";
import { ADJECTIVES, ANIMALS } from "./_words.ts";

/** Longest release name. Object names have 63 characters, and charts add something of their own. */
export const RELEASE_NAME_MAX = 53;

/**
 * Does nothing when `name` can be the name of a release that exists.
 *
 * @throws SkegError of kind `usage` with Tiller's words.
 */
export function checkReleaseName(name: string): void {
  if (name === "") throw new SkegError("usage", "no release provided");
  // The same strings as Tiller's pattern, which some engines need exponential time for.
  if (/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name) && name.length <= RELEASE_NAME_MAX) return;
  throw new SkegError(
    "usage",
    "invalid release name, must match regex ^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])+$ and the length must not be " +
      `longer than ${RELEASE_NAME_MAX}`,
  );
}

/**
 * Does nothing when `name` can be given to a new release.
 *
 * Tiller checks only the length here, its client the rest; a name that fails
 * cannot be the name of a record.
 *
 * @throws SkegError of kind `usage` with Helm's words.
 */
export function checkNewReleaseName(name: string): void {
  const problems: string[] = [];
  if (name.length > 253) problems.push("must be no more than 253 characters");
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) {
    problems.push(
      "a DNS-1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
        "with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
        "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    );
  }
  if (problems.length > 0) {
    throw new SkegError("usage", `release name ${name} is invalid: ${problems.join(";")}`);
  }
  if (name.length > RELEASE_NAME_MAX) {
    throw new SkegError("usage", `release name ${JSON.stringify(name)} exceeds max length of ${RELEASE_NAME_MAX}`);
  }
}

/**
 * Makes up a name that no release has, such as `quiet-otter`.
 *
 * @throws SkegError of kind `release` when five names in a row were taken.
 */
export async function makeUpName(driver: Driver, random: () => number, options?: DriverOptions): Promise<string> {
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? "";
  for (let attempt = 0; attempt < 5; attempt++) {
    const name = `${pick(ADJECTIVES)}-${pick(ANIMALS)}`.slice(0, RELEASE_NAME_MAX);
    if (await isFree(driver, name, options)) return name;
  }
  throw new SkegError("release", "no available release name found");
}

async function isFree(driver: Driver, name: string, options?: DriverOptions): Promise<boolean> {
  try {
    await driver.get(releaseKey(name, 1), options);
    return false;
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return true;
    if (error instanceof SkegError && error.kind === "record") return false;
    throw error;
  }
}
