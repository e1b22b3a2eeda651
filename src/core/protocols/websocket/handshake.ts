import type { DiagnosticId } from "../../model/problem.js";
import { acceptFor, listOf, type UpgradeRequest, type UpgradeResponse } from "../http-upgrade/index.js";
import type { WebSocketHandshake } from "./types.js";

export interface Finding {
	id: DiagnosticId;
	detail: string;
}

/** What the 101 agreed on about permessage-deflate (RFC 7692 §7.1). */
export interface DeflateTerms {
	clientKeepsContext: boolean;
	serverKeepsContext: boolean;
}

export function describeHandshake(request: UpgradeRequest | undefined, response: UpgradeResponse): WebSocketHandshake {
	return {
		path: request?.path ?? "",
		host: request?.host,
		origin: request?.origin,
		offered: request?.offered ?? [],
		subprotocol: response.subprotocol,
		extensions: response.extensions,
		status: response.status,
	};
}

/** Findings about a 101 that need its request. */
export function checkAgainstRequest(request: UpgradeRequest, response: UpgradeResponse): Finding[] {
	const found: Finding[] = [];
	const expected = acceptFor(request.key ?? "");
	if (response.accept !== expected) found.push({ id: "ws.bad-accept", detail: `${response.accept ?? "absent"} instead of ${expected}` });
	const chosen = response.subprotocol;
	if (chosen !== undefined && !request.offered.includes(chosen)) {
		found.push({ id: "ws.no-subprotocol", detail: `${chosen} was not offered` });
	}
	return found;
}

/** Findings about a 101 alone (RFC 7118 §4.1, RFC 7977 §4.1). */
export function checkAnswer({ subprotocol }: UpgradeResponse): Finding[] {
	if (subprotocol === "sip" || subprotocol === "msrp") return [];
	return [{ id: "ws.no-subprotocol", detail: `${subprotocol ?? "none"} was chosen` }];
}

/** undefined when permessage-deflate is not in use */
export function deflateTerms(extensions: string | undefined): DeflateTerms | undefined {
	for (const extension of listOf(extensions)) {
		const [name, ...parameters] = extension.split(";").map((part) => part.trim().toLowerCase());
		if (name !== "permessage-deflate") continue;
		return {
			clientKeepsContext: !parameters.includes("client_no_context_takeover"),
			serverKeepsContext: !parameters.includes("server_no_context_takeover"),
		};
	}
	return undefined;
}
