import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

const HOST = "Host not allowed: ask for an address, as in http://127.0.0.1, or for the name that this API was told to listen at";

/**
 * Why a request is refused; undefined: it is not. Toxiproxy's API has no token, so no page of a browser may use it: browsers are
 * known by their name (as toxiproxy does it), by the Origin that they send, and by what they call this host where a name of their own
 * was made to point here (DNS rebinding).
 */
export function refusal({ headers }: Pick<IncomingMessage, "headers">, names: ReadonlySet<string>): string | undefined {
	if (headers["user-agent"]?.startsWith("Mozilla/") === true) return "User agent not allowed";
	if (headers.origin !== undefined || headers["sec-fetch-site"] !== undefined) return "Origin not allowed";
	const name = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(headers.host ?? "");
	const bare = (name?.[1] ?? name?.[2])?.toLowerCase();
	return bare !== undefined && (isIP(bare) !== 0 || names.has(bare)) ? undefined : HOST;
}
