/**
 * YAML and JSON, in and out, as Helm 2's libraries read and write them.
 *
 * @module
 */
export { decodeYaml, yamlToJson } from "./decode_yaml.ts";
export type { DecodeOptions } from "./decode_yaml.ts";
export { encodeJson, GO_JSON } from "./json_encode.ts";
export { encodeYaml, toYaml } from "./encode_yaml.ts";
export { decodeJson } from "./json_decode.ts";
export { ANY, BOOL, INT, STRING, STRING_LIST, STRING_MAP } from "./schema.ts";
export type {
  AnySchema,
  BoolSchema,
  CustomSchema,
  DecodedValue,
  Fields,
  IntSchema,
  ListSchema,
  MapSchema,
  StringSchema,
  StructSchema,
  YamlSchema,
} from "./schema.ts";
export type { RepeatedKey } from "./decode.ts";
export { decodeStruct, decodeValue } from "./struct.ts";
export { decodeCurrentYaml, encodeCurrentYaml } from "./current.ts";
export { compareYamlKeys } from "./key_order.ts";
export { type LineOf, yamlLines } from "./lines.ts";
