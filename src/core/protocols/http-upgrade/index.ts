export { type Guess, looksLikeHttpUpgrade } from "./detect.js";
export { HeadReader, type HttpHead, listOf } from "./head.js";
export { acceptFor, parseUpgradeRequest, parseUpgradeResponse, type UpgradeRequest, type UpgradeResponse } from "./upgrade.js";
