export { LinkLayer, type LinkOptions } from "./link-layer.js";
