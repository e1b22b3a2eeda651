import { parseTokenWithParams } from "./content.js";
import type { SipMessage } from "./types.js";

/** RFC 6665 §8.2.1. */
export interface EventHeader {
	/** event package with its templates, lower case: "conference", "presence.winfo" */
	package: string;
	id: string | undefined;
	params: Map<string, string>;
}

export function event(message: SipMessage): EventHeader | undefined {
	const value = message.get("event");
	if (value === undefined) return undefined;
	const { token, params } = parseTokenWithParams(value);
	return { package: token, id: params.get("id"), params };
}

/** RFC 6665 §8.2.3. */
export interface SubscriptionState {
	/** "active", "pending", "terminated" or an extension, lower case */
	state: string;
	reason: string | undefined;
	/** seconds; undefined when absent or no number */
	expires: number | undefined;
	retryAfter: number | undefined;
}

export function subscriptionState(message: SipMessage): SubscriptionState | undefined {
	const value = message.get("subscription-state");
	if (value === undefined) return undefined;
	const { token, params } = parseTokenWithParams(value);
	return {
		state: token,
		reason: params.get("reason"),
		expires: seconds(params.get("expires")),
		retryAfter: seconds(params.get("retry-after")),
	};
}

function seconds(text: string | undefined): number | undefined {
	return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
