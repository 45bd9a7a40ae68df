/**
 * A transport that tells of its requests.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Transport } from "../engine/kube/mod.ts";
import type { SkegOptions } from "./skeg_options.ts";

/** Returns a transport that calls `tell` with each request, and what it returns with the outcome. */
export function observed(transport: Transport, tell: NonNullable<SkegOptions["onRequest"]>): Transport {
  return async (request) => {
    const begunMs = performance.now();
    const [path = ""] = request.path.split("?", 1);
    const end = tell({ method: request.method, path }) ?? (() => {});
    try {
      const answer = await transport(request);
      end({ status: answer.status, ms: performance.now() - begunMs });
      return answer;
    } catch (cause) {
      const error = cause instanceof SkegError ? cause : new SkegError("kube", "no answer came", { cause });
      end({ status: 0, ms: performance.now() - begunMs, error });
      throw cause;
    }
  };
}
