import type { Endpoint } from "../model/flow.js";
import { canonicalHost } from "../protocols/uri/index.js";

/** Address as a host in a URI or Via: IPv6 in brackets. */
export function hostText(address: string): string {
	return address.includes(":") ? `[${address}]` : address;
}

/** host:port, the port always written. */
export function hostPortText({ address, port }: Endpoint): string {
	return `${hostText(address)}:${port}`;
}

/** host, and the port unless it is the default 5060. */
export function shortText({ address, port }: Endpoint): string {
	return port === 5060 ? hostText(address) : `${hostText(address)}:${port}`;
}

export function sameHost(a: string, b: string): boolean {
	return a === b || canonicalHost(a) === canonicalHost(b);
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
	return a.port === b.port && sameHost(a.address, b.address);
}

/** "IP4" or "IP6" for SDP (RFC 8866 §5.7). */
export function addressType(address: string): string {
	return address.includes(":") ? "IP6" : "IP4";
}
