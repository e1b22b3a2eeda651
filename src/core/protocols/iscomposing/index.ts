export { type ComposingPayload, decodeIsComposing } from "./decode.js";
