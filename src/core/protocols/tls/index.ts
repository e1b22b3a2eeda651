import { type KeyLogLimits, TlsKeyLog } from "./keylog.js";

export { TlsDecoder, type TlsLimits } from "./decoder.js";
export { type Guess, looksLikeTls } from "./detect.js";
export { type KeyLogLimits, TlsKeyLog } from "./keylog.js";
export type { KeyLog, TlsFacts, TlsSink } from "./types.js";

export function createKeyLog(limits: Partial<KeyLogLimits> = {}): TlsKeyLog {
	return new TlsKeyLog(limits);
}
