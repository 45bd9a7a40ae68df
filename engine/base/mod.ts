/**
 * Ground floor: what every room may use. It knows nothing of charts and clusters.
 *
 * @module
 */
export { nameProblem } from "./file_name.ts";
export { placeFile, type PlaceOptions, refusePlace } from "./place_file.ts";
export {
  bodyLimits,
  PATIENCE,
  type Patience,
  readBody,
  type ReadBodyOptions,
  type Received,
  withAnswerLimit,
} from "./patience.ts";
