/**
 * Checks that an answer matches its request.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import { type Wanted, WRONG_ANSWER_HINT, wrongAnswer } from "../base/mod.ts";
import { call } from "./call.ts";
import type { JsonObject } from "./json.ts";
import type { KubeRequest, Transport } from "./types.ts";

/**
 * Sends one request and returns the JSON object of the answer, checked against `wanted`.
 *
 * @throws KubeError when the server refuses, and with status 0 when the answer does not match.
 */
export async function callFor(transport: Transport, request: KubeRequest, wanted: Wanted): Promise<JsonObject> {
  const answer = await call(transport, request);
  checkAnswer(request, answer, wanted);
  return answer;
}

/**
 * Throws unless `answer` matches `wanted`.
 *
 * @throws KubeError with status 0: the request may have been carried out.
 */
export function checkAnswer(
  { method, path }: Pick<KubeRequest, "method" | "path">,
  answer: unknown,
  wanted: Wanted,
): void {
  const problem = wrongAnswer(`${method} ${path}`, answer, wanted);
  if (problem !== undefined) throw new KubeError(problem, 0, "", { hint: WRONG_ANSWER_HINT });
}
