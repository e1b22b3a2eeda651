/**
 * Quick looks into name-addr values (RFC 3261 §20.10) for output: no URI is parsed, nothing is judged.
 * The full parser with its findings is in protocols/uri.
 */

/** Index of the "<" that opens the URI, past a quoted display name; -1 when there is none. */
function openBracket(value: string): number {
	const open = value.indexOf("<");
	if (open <= 0) return open;
	const quote = value.indexOf('"');
	if (quote < 0 || quote > open) return open;
	let at = quote + 1;
	while (at < value.length) {
		const code = value.charCodeAt(at);
		if (code === 0x5c) at += 2;
		else if (code === 0x22) return value.indexOf("<", at);
		else at++;
	}
	return open;
}

/** The URI: what stands in "<>", else what stands before the first ";" (RFC 3261 §20: without brackets parameters are the header's). */
export function addressUri(value: string): string {
	const open = openBracket(value);
	if (open >= 0) {
		const close = value.indexOf(">", open);
		return close < 0 ? value.slice(open + 1) : value.slice(open + 1, close);
	}
	const semicolon = value.indexOf(";");
	return (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
}

/** The display name without its quotes; "" when there is none. */
export function addressName(value: string): string {
	const open = openBracket(value);
	if (open <= 0) return "";
	const name = value.slice(0, open).trim();
	if (!name.startsWith('"')) return name;
	return name.slice(1, name.endsWith('"') && name.length > 1 ? -1 : undefined).replace(/\\(.)/gs, "$1");
}

/** Header parameters as text, from the first ";" outside of "<>"; "" when there are none. */
export function addressParams(value: string): string {
	const open = openBracket(value);
	const from = open < 0 ? 0 : value.indexOf(">", open);
	if (from < 0) return "";
	const semicolon = value.indexOf(";", from);
	return semicolon < 0 ? "" : value.slice(semicolon);
}

/**
 * Value of a parameter in `;a=b;c` (names are case-insensitive): "" when it has no value, undefined when it is absent.
 * `name` in lower case. Quoted strings are stepped over.
 */
export function paramValue(params: string, name: string): string | undefined {
	let at = params.indexOf(";");
	while (at >= 0) {
		let end = at + 1;
		let equals = -1;
		for (; end < params.length; end++) {
			const code = params.charCodeAt(end);
			if (code === 0x3b) break;
			if (code === 0x3d && equals < 0) equals = end;
			else if (code === 0x22) {
				end++;
				while (end < params.length && params.charCodeAt(end) !== 0x22) end += params.charCodeAt(end) === 0x5c ? 2 : 1;
			}
		}
		const found = params.slice(at + 1, equals < 0 ? end : equals).trim();
		if (found.length === name.length && found.toLowerCase() === name) return equals < 0 ? "" : params.slice(equals + 1, end).trim();
		at = end < params.length ? end : -1;
	}
	return undefined;
}

/** A person's or room's short name: display name, else the user part, else the host, else the URI. */
export function shortName(displayName: string, uri: string): string {
	if (displayName !== "") return displayName;
	const colon = uri.indexOf(":");
	const rest = uri.slice(colon + 1);
	const at = rest.indexOf("@");
	const name = at >= 0 ? rest.slice(0, at) : rest.replace(/[;?].*$/s, "");
	return name === "" ? uri : name;
}

/** "192.0.2.1:5060", "[2001:db8::1]:5060". */
export function hostPort(address: string, port: number): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
