import { redactHost } from "./hosts.js";
import type { Keyed } from "./keyed.js";
import { redactIds, redactParams, redactUri, URI } from "./uri.js";

/** Values of From, To, Contact and their kin: formal names, URIs in or without brackets, parameters; several with commas. */
export function redactAddresses(keyed: Keyed, value: string): string {
	// Quoted strings and brackets first: what stands in them is no separator.
	const parts = value.match(/"(?:[^"\\]|\\.)*"?|<[^>]*>?|[^"<]+/g) ?? [];
	let named = true;
	return parts
		.map((part, n) => {
			if (part.startsWith("<")) {
				named = false;
				const inside = /^<([^>]*)(>?)$/.exec(part)!;
				return `<${redactUriOrWord(keyed, inside[1]!)}${inside[2]}`;
			}
			if (part.startsWith('"')) {
				if (/=\s*$/.test(parts[n - 1] ?? "")) return /^"(?:!?TRUE|!?FALSE)"$/i.test(part) ? part : redactIds(keyed, part);
				return keyed.text("name", part);
			}
			const bare = !named || n === parts.length - 1 || !(parts[n + 1] ?? "").startsWith("<");
			const made = bare ? redactBare(keyed, part) : redactNames(keyed, part);
			if (part.includes(",")) named = true;
			return made;
		})
		.join("");
}

/** Parameters behind an address, and after a comma the formal name of the next one. */
function redactNames(keyed: Keyed, text: string): string {
	const comma = text.lastIndexOf(",");
	return redactBare(keyed, text.slice(0, comma + 1)) + keyed.text("name", text.slice(comma + 1)).replace(/isfocus/gi, (word) => word);
}

/** Without brackets: perhaps a URI, then parameters; or parameters alone. */
function redactBare(keyed: Keyed, text: string): string {
	const found = URI.exec(text);
	if (found === null) {
		const semicolon = text.indexOf(";");
		const words = semicolon < 0 ? text : text.slice(0, semicolon);
		return keyed.text("name", words) + (semicolon < 0 ? "" : redactParams(keyed, text.slice(semicolon)));
	}
	const comma = found[0].search(/[;,]/);
	const uri = comma < 0 ? found[0] : found[0].slice(0, comma);
	const rest = text.slice(found.index + uri.length);
	return keyed.text("name", text.slice(0, found.index)) + redactUri(keyed, uri) + redactParams(keyed, rest.startsWith(",") ? rest : rest);
}

function redactUriOrWord(keyed: Keyed, text: string): string {
	return /^\s*[A-Za-z]+:/.test(text) ? text.replace(/\S+/, (uri) => redactUri(keyed, uri)) : redactIds(keyed, text);
}

/** Rows of Via: who sent it, and from where it came. */
export function redactVia(keyed: Keyed, value: string): string {
	return value.replace(
		/(SIP\s*\/\s*2\.0\s*\/\s*\w+\s+)(\[[^\]]*\]|[^\s:;,]+)(\s*:\s*\d+)?([^,]*)/gi,
		(_, start: string, host: string, port = "", params = "") => start + redactHost(keyed, host) + port + redactParams(keyed, params),
	);
}

/** URIs of MSRP paths, separated by SP. */
export function redactPath(keyed: Keyed, value: string): string {
	return value.replace(/\S+/g, (uri) => redactUri(keyed, uri));
}
