import { redactAddress, redactHost } from "./hosts.js";
import type { Keyed } from "./keyed.js";
import { mask } from "./text.js";
import { redactIds, redactUri } from "./uri.js";

/** Attributes that hold names, addresses or secrets; of the others the value stays. */
const PATHS = /^a=(?:path|msrp-path):/i;

/** SDP (RFC 8866): origin, addresses, paths, names of files and of the session. */
export function redactSdp(keyed: Keyed, text: string): string {
	return text.replace(/[^\r\n]+/g, (line) => redactLine(keyed, line));
}

function redactLine(keyed: Keyed, line: string): string {
	const kind = line.slice(0, 2);
	if (kind === "o=") {
		const [user = "", ...more] = line.slice(2).split(" ");
		const host = more.pop() ?? "";
		return [`o=${keyed.escaped("user", user)}`, ...more, redactHost(keyed, host)].join(" ");
	}
	if (kind === "c=" || /^a=rtcp:/.test(line))
		return line.replace(/(IN IP[46] )([^\s/]+)/, (_, start: string, host: string) => start + redactHost(keyed, host));
	if (/^[siuep]=/.test(kind)) return kind + mask(line.slice(2));
	if (PATHS.test(line)) return line.replace(/msrps?:\S+/gi, (uri) => redactUri(keyed, uri));
	if (/^a=candidate:/.test(line)) return line.replace(/[0-9A-Fa-f:.]*[.:][0-9A-Fa-f:.]+(?= )/g, (address) => redactAddress(keyed, address));
	if (/^a=(?:file-selector|file-transfer-id|file-icon|file-date)/.test(line))
		return line
			.replace(/(name:")([^"]*)/, (_, start: string, name: string) => start + mask(name))
			.replace(/(hash:[^:]+:|id:)(\S+)/, (_, start: string, id: string) => start + mask(id));
	if (
		/^(?:a=(?:crypto|key-mgmt|ice-pwd|ice-ufrag|cname|ssrc|msid|label|content|lang|oldmediaip|remote-candidates|identity)|k=)/.test(line)
	) {
		const at = line.search(/[:=](?!.*^)/) < 2 ? line.indexOf(":") : line.indexOf("=");
		return at < 0 ? line : line.slice(0, at + 1) + redactIds(keyed, line.slice(at + 1));
	}
	return line
		.replace(/\d{1,3}(?:\.\d{1,3}){3}/g, (address) => redactAddress(keyed, address))
		.replace(/(?:sips?|msrps?|tel):\S+/gi, (uri) => redactUri(keyed, uri));
}
