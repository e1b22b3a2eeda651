export { checkSdp } from "./check.js";
