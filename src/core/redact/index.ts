export { Redactor, type RedactorOptions } from "./redactor.js";
