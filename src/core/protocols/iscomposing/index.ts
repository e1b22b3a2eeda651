export { decodeIsComposing } from "./decode.js";
