export { parseSdp } from "./parse.js";
export type { Sdp, SdpAttribute, SdpConnection, SdpLine, SdpMedia, SdpMsrp, SetupRole } from "./types.js";
