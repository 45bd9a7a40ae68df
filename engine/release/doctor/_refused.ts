/** Refusals of the server because of the user. */
import { KubeError } from "../../../errors.ts";

/** True if the server refuses a request because of the user. */
export function isRefused(error: unknown): error is KubeError {
  return error instanceof KubeError && (error.status === 401 || error.status === 403);
}
