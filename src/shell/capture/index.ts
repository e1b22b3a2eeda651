export { CaptureError } from "./capture-error.js";
export type { CaptureReader } from "./capture-reader.js";
export { type OpenCaptureOptions, openCapture } from "./open-capture.js";
