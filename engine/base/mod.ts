/**
 * The ground floor: small helpers for text, the machine's clock and randomness,
 * for every room. It imports nothing.
 *
 * @module
 */
export { MASK, maskAddress, maskSecrets, maskYamlProblem } from "./mask.ts";
export { isCreator, newCreator } from "./creator.ts";
export { parseJson } from "./parse_json.ts";
export { quote } from "./quote.ts";
export { showControls } from "./controls.ts";
export { type Wanted, WRONG_ANSWER_HINT, wrongAnswer } from "./answers.ts";
export { type ClockAndRandom, type Instant, systemClock, systemRandom } from "./clock_and_random.ts";
