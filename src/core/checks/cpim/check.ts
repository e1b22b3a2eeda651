import type { Problem } from "../../model/problem.js";
import type { CpimMessage } from "../../protocols/cpim/index.js";
import { hostKind } from "../../protocols/uri/index.js";

/**
 * From, To and cc that name a private address although the peer is reached at a public one: what remains where a box rewrites
 * the outside, since CPIM headers must not be altered (RFC 3862 §2.2). Offsets count from the first octet of the CPIM content.
 *
 * @param peerAddress numeric address of the other end of the flow that carried the message
 */
export function checkCpim(cpim: CpimMessage, peerAddress: string): Problem[] {
	const problems: Problem[] = [];
	if (hostKind(peerAddress) !== "public") return problems;
	for (const address of [...cpim.from, ...cpim.to, ...cpim.cc]) {
		const { host } = address.uri;
		if (hostKind(host) !== "private") continue;
		problems.push({ id: "cpim.private-address-leak", offset: address.uriStart, length: address.uriEnd - address.uriStart, detail: host });
	}
	return problems;
}
