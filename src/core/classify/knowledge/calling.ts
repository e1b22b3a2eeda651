import type { SipEntry } from "../../model/entry.js";
import { address, identities } from "../../protocols/sip/index.js";
import { parseUri } from "../../protocols/uri/index.js";
import type { IdentityFact } from "../types.js";

/** The INVITE that began a call. */
export interface Calling {
	from: IdentityFact[];
	to: IdentityFact[];
	requestUri: IdentityFact | undefined;
	asserted: IdentityFact[];
	preferred: IdentityFact[];
	referred: IdentityFact[];
	cseq: number;
}

/** Who calls whom, by the headers of the INVITE. */
export function calling(entry: SipEntry): Calling {
	const { sip } = entry;
	const one = (text: string | undefined, provenance: IdentityFact["provenance"], confidence: IdentityFact["confidence"]): IdentityFact[] =>
		text === undefined || text === "" ? [] : [{ uri: parseUri(text), provenance, entry: entry.number, confidence }];
	return {
		from: one(address(sip, "from")?.uri.text, "from", "high"),
		to: one(address(sip, "to")?.uri.text, "to", "high"),
		requestUri: one(sip.requestUri, "request-uri", "high")[0],
		asserted: identities(sip, "p-asserted-identity").flatMap((item) => one(item.uri.text, "p-asserted-identity", "medium")),
		preferred: identities(sip, "p-preferred-identity").flatMap((item) => one(item.uri.text, "p-preferred-identity", "medium")),
		referred: one(address(sip, "referred-by")?.uri.text, "referred-by", "medium"),
		cseq: Number.parseInt(sip.get("cseq") ?? "", 10),
	};
}
