/**
 * The ground floor: small helpers for text that every room may import. It
 * imports nothing.
 *
 * @module
 */
export { MASK, maskAddress, maskSecrets, maskYamlProblem } from "./mask.ts";
export { isCreator, newCreator } from "./creator.ts";
export { parseJson } from "./parse_json.ts";
export { quote } from "./quote.ts";
export { showControls } from "./controls.ts";
export { type Wanted, WRONG_ANSWER_HINT, wrongAnswer } from "./answers.ts";
export { type Instant, type Outside, systemClock, systemRandom } from "./outside.ts";
