export { type LateMsrpProblem, MsrpAssembler, type MsrpAssemblerOptions, type MsrpAssembly } from "./assembler.js";
export { ContentBudget } from "./content-store.js";
export { decodeMsrpMessage, type MsrpMessageResult } from "./datagram.js";
export { type MsrpDecoderOptions, MsrpStreamDecoder } from "./decoder.js";
export { findMsrpStart, looksLikeMsrp } from "./detect.js";
