export { decodeResourceLists } from "./decode.js";
