/**
 * The ground floor: small helpers for text that every room may import. It
 * imports nothing.
 *
 * @module
 */
export { MASK, maskAddress, maskSecrets, maskYamlProblem } from "./mask.ts";
export { isCreator, newCreator } from "./creator.ts";
export { startOfTrailing, withoutTrailing } from "./trailing.ts";
export { showControls } from "./controls.ts";
export { unsoundPart } from "./sound_object.ts";
export { type Wanted, WRONG_ANSWER_HINT, wrongAnswer } from "./answers.ts";
