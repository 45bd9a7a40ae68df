/**
 * The check that an answer is what was asked for.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import { type Wanted, WRONG_ANSWER_HINT, wrongAnswer } from "../base/mod.ts";
import { call } from "./call.ts";
import type { JsonObject } from "./json.ts";
import type { KubeRequest, Transport } from "./types.ts";

/**
 * Sends one request and returns the JSON object of the answer, which is what
 * `wanted` says.
 *
 * @throws KubeError when the server refuses, and of status 0 when it answers with something else.
 */
export async function callFor(transport: Transport, request: KubeRequest, wanted: Wanted): Promise<JsonObject> {
  const answer = await call(transport, request);
  checkAnswer(request, answer, wanted);
  return answer;
}

/**
 * Throws unless `answer` is what `wanted` says.
 *
 * @throws KubeError of status 0: whether the request was carried out is not known.
 */
export function checkAnswer(
  { method, path }: Pick<KubeRequest, "method" | "path">,
  answer: unknown,
  wanted: Wanted,
): void {
  const problem = wrongAnswer(`${method} ${path}`, answer, wanted);
  if (problem !== undefined) throw new KubeError(problem, 0, "", { hint: WRONG_ANSWER_HINT });
}
