/**
 * Release names: validation and generation.
 *
 * Source: Helm 2.17.0, `validateReleaseName` and `uniqName` in
 * `pkg/tiller/release_server.go`; the client's check in `cmd/helm/install.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { subdomainProblems } from "../base/mod.ts";
import { type Driver, type DriverOptions, releaseKey } from "../../storage/mod.ts";
import { ADJECTIVES, ANIMALS } from "./_words.ts";

/** Longest release name. Object names have up to 63 characters, and charts append to the release name. */
export const RELEASE_NAME_MAX = 53;

/**
 * Checks that `name` can be the name of an existing release.
 *
 * @throws SkegError of kind `usage` with Tiller's words.
 */
export function checkExistingName(name: string): void {
  if (name === "") throw new SkegError("usage", "no release provided");
  // Accepts the same strings as Tiller's pattern, which takes exponential time in some engines.
  if (/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name) && name.length <= RELEASE_NAME_MAX) return;
  throw new SkegError(
    "usage",
    "invalid release name, must match regex ^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])+$ and the length must not be " +
      `longer than ${RELEASE_NAME_MAX}`,
  );
}

/**
 * Checks that a new release can have `name`.
 *
 * In Helm 2, Tiller checks only the length and the client checks the rest. A name that fails cannot be the
 * name of a record.
 *
 * @throws SkegError of kind `usage` with Helm's words.
 */
export function checkNewName(name: string): void {
  const problems = subdomainProblems(name);
  if (problems.length > 0) {
    throw new SkegError("usage", `release name ${name} is invalid: ${problems.join(";")}`, {
      hint: "Use small letters, digits, dashes and dots, such as web-1.",
    });
  }
  if (name.length > RELEASE_NAME_MAX) {
    throw new SkegError("usage", `release name ${JSON.stringify(name)} exceeds max length of ${RELEASE_NAME_MAX}`);
  }
}

/**
 * Generates a name that no release has, such as `quiet-otter`.
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
