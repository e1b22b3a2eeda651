export { IMDN_NAMESPACE } from "./namespaces.js";
export { parseCpim } from "./parse.js";
export type { CpimHeader, CpimMessage } from "./types.js";
