export { checkImdn } from "./check.js";
