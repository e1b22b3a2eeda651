export { decodeContentEncoding } from "./content-encoding.js";
export { headerValue, parseHeaderBlock } from "./header-block.js";
export { parseMultipart } from "./multipart.js";
export { parseMediaType, parseParameterized } from "./parameters.js";
export type { MimePart } from "./types.js";
