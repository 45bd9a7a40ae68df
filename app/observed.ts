/**
 * A transport that tells of its requests.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Transport } from "../engine/kube/mod.ts";
import type { RequestEnd, SkegOptions } from "./skeg_options.ts";

/**
 * Returns a transport that calls `tell` with each request, and the function that it returns with the outcome.
 *
 * @param tell May return anything: a script's `(request) => list.push(request)` returns a number, which is ignored.
 */
export function observed(transport: Transport, tell: NonNullable<SkegOptions["onRequest"]>): Transport {
  return async (request) => {
    const begunMs = performance.now();
    const [path = ""] = request.path.split("?", 1);
    const told = tell({ method: request.method, path });
    const end = (outcome: Omit<RequestEnd, "ms">): void => {
      if (typeof told === "function") told({ ...outcome, ms: performance.now() - begunMs });
    };
    // Outside of `try`, so that an error of the callback itself is not told as one of the request.
    const answer = await transport(request).catch((cause) => {
      end({
        status: 0,
        error: cause instanceof SkegError ? cause : new SkegError("kube", "no answer came", { cause }),
      });
      throw cause;
    });
    end({ status: answer.status });
    return answer;
  };
}
