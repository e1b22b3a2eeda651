export { decodeResourceLists, type ResourceListPayload } from "./decode.js";
