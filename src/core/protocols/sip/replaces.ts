import { paramValue, parseParams } from "../uri/params.js";
import type { SipMessage } from "./types.js";

/** The dialog that a Replaces, Join or Target-Dialog header names (RFC 3891 §6.1, RFC 3911 §7.1, RFC 4538 §7). */
export interface DialogReference {
	callId: string;
	/** "" when absent; Target-Dialog calls it remote-tag */
	toTag: string;
	/** "" when absent; Target-Dialog calls it local-tag */
	fromTag: string;
	earlyOnly: boolean;
}

export function dialogReference(message: SipMessage, key: "replaces" | "join" | "target-dialog"): DialogReference | undefined {
	const value = message.get(key);
	if (value === undefined) return undefined;
	const semicolon = value.indexOf(";");
	const params = semicolon < 0 ? [] : parseParams(value, semicolon);
	return {
		callId: (semicolon < 0 ? value : value.slice(0, semicolon)).trim(),
		toTag: paramValue(params, key === "target-dialog" ? "remote-tag" : "to-tag") ?? "",
		fromTag: paramValue(params, key === "target-dialog" ? "local-tag" : "from-tag") ?? "",
		earlyOnly: paramValue(params, "early-only") !== undefined,
	};
}
