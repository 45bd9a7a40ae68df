/**
 * Where the project is: the one place that names its addresses. Texts that cannot import this file, such as
 * documents, are compared with it by `tools/project_test.ts`.
 *
 * @module
 */

/** The repository. Its owner and name also name the container image and the Homebrew tap. */
export const REPOSITORY = "https://github.com/skeg-dev/skeg";

/** The site that is made from the documents. */
export const SITE = "https://skeg-dev.github.io/skeg/";

/** Name of the npm package. `docs/decisions/npm-library.md` says why it has no scope. */
export const NPM_NAME = "skeg";

/** The container image, without a tag. */
export const IMAGE = "ghcr.io/skeg-dev/skeg";

/** The Deno that the program was tested with. */
export const DENO_VERSION = "2.9.6";
