/**
 * Methods of the language that the library uses and that older versions of Node lack: bytes as base64 and hex (before
 * Node 25), `Promise.try` (before 24), `Promise.withResolvers` and `Map.groupBy` (before 22). They are added only
 * where they are missing.
 *
 * @module
 */
import "npm:core-js@3.51.0/actual/typed-array/from-base64.js";
import "npm:core-js@3.51.0/actual/typed-array/to-base64.js";
import "npm:core-js@3.51.0/actual/typed-array/from-hex.js";
import "npm:core-js@3.51.0/actual/typed-array/to-hex.js";
import "npm:core-js@3.51.0/actual/promise/try.js";
import "npm:core-js@3.51.0/actual/promise/with-resolvers.js";
import "npm:core-js@3.51.0/actual/map/group-by.js";
