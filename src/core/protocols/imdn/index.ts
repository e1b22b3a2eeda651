export { decodeImdn, type ImdnPayload } from "./decode.js";
