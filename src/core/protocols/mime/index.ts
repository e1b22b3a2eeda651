export { decodeContentEncoding } from "./content-encoding.js";
export { type HeaderBlock, headerValue, parseHeaderBlock } from "./header-block.js";
export { parseMultipart } from "./multipart.js";
export { type MediaType, type ParameterizedValue, parseMediaType, parseParameterized } from "./parameters.js";
export type { MimeHeader, MimePart } from "./types.js";
