export { decodeConferenceInfo } from "./decode.js";
