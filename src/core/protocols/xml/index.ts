export { parseXml } from "./parse.js";
export { attribute, child, children, childText, unsigned } from "./query.js";
export type { XmlElement } from "./types.js";
