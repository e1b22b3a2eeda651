export { parseSdp } from "./parse.js";
export type { Sdp, SdpMedia, SdpMsrp } from "./types.js";
