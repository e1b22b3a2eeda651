export { CORE_NAMESPACE, IMDN_NAMESPACE } from "./namespaces.js";
export { parseCpim } from "./parse.js";
export type { CpimAddress, CpimHeader, CpimMessage } from "./types.js";
