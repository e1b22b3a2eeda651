export { checkCpim } from "./check.js";
