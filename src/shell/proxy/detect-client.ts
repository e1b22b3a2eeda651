import { looksLikeHttpUpgrade } from "../../core/protocols/http-upgrade/index.js";
import { clientHello, LONGEST_HELLO } from "../net/tls/client-hello.js";
import { looksLikeConnect } from "./http-connect.js";
import { looksLikeSocks } from "./socks.js";

/** "other": SIP, MSRP or anything else that is forwarded as it comes */
export type Spoken = "tls" | "http" | "socks" | "connect" | "other";

/** Octets that are looked at before a client is taken for one that speaks something else. */
export const LOOK = LONGEST_HELLO + 8192;

/** What a client begins with; "maybe": more octets are needed. */
export function detectClient(octets: Buffer): Spoken | "maybe" {
	if (octets.length === 0) return "maybe";
	const hello = clientHello(octets);
	if (hello !== undefined) return hello === "maybe" ? "maybe" : "tls";
	const socks = looksLikeSocks(octets);
	if (socks !== "no") return socks === "yes" ? "socks" : "maybe";
	const connect = looksLikeConnect(octets);
	if (connect === "yes") return "connect";
	const http = looksLikeHttpUpgrade(octets, 0, octets.length);
	if (http === "yes") return "http";
	return connect === "maybe" || http === "maybe" ? "maybe" : "other";
}
