/**
 * Files that come from elsewhere: what they may be called, where they are
 * placed, and how long a server is waited for. Knows nothing of charts and
 * clusters.
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
