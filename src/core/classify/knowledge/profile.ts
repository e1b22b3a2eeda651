import type { Profile } from "../types.js";
import type { Hop } from "./hop.js";

/**
 * How to read what the standards leave open (Q16).
 *
 * @param tokens User-Agent and Server of the call's messages
 * @param anonymousTo a message of the conference went to the anonymous URI
 */
export function profileOf(
	given: Profile | "auto" | undefined,
	tokens: ReadonlySet<string>,
	anonymousTo: boolean,
	hops: readonly Hop[],
): Profile {
	if (given !== undefined && given !== "auto") return given;
	const all = [...tokens];
	if (anonymousTo || all.some((token) => /\bCPM-(?:serv|client)\b/i.test(token))) return "rcs";
	const room = hops.some((hop) => hop.chatroom[0] || hop.chatroom[1]);
	return room && !all.some((token) => /\bIM-(?:serv|client)\b/i.test(token)) ? "rfc7701" : "oma";
}
