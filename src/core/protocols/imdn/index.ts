export { decodeImdn } from "./decode.js";
