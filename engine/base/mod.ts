/**
 * The ground floor: small helpers for text, the machine's clock and randomness,
 * for every room. It imports nothing.
 *
 * @module
 */
export {
  derBits,
  derBoolean,
  derElement,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derTagged,
  derText,
  derTime,
  derToPem,
} from "./der.ts";
export { compareQuantities, equalQuantities, quantityOf } from "./quantity.ts";
export { MASK, maskAddress, maskSecrets, maskYamlProblem } from "./mask.ts";
export { isCreator, newCreator } from "./creator.ts";
export {
  asCount,
  asList,
  asObject,
  asText,
  copyJson,
  isObject,
  type JsonObject,
  sameJson,
  scalarText,
} from "./json.ts";
export { childOf, fieldAt, fillIn, objectsOf } from "./fields.ts";
export { checkJsonDepth } from "./json_depth.ts";
export { parseJson } from "./parse_json.ts";
export { joinBytes } from "./bytes.ts";
export { distance, nearest, orList } from "./nearest.ts";
export { quote } from "./quote.ts";
export { codeOf, messageOf } from "./thrown.ts";
export { counted } from "./counted.ts";
export { inPool } from "./pool.ts";
export { Turns } from "./turns.ts";
export { subdomainProblems } from "./subdomain.ts";
export { loadRe2 } from "./re2.ts";
export { startOfTrailing, withoutTrailing } from "./trailing.ts";
export { showControls } from "./controls.ts";
export { unsoundPart } from "./sound_object.ts";
export { type Wanted, WRONG_ANSWER_HINT, wrongAnswer } from "./answers.ts";
export { type ClockAndRandom, type Instant, systemClock, systemRandom } from "./clock_and_random.ts";
