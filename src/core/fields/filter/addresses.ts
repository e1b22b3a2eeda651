/** Parts of a URI as filters ask for them: text only, nothing is judged (RFC 3261 §19.1). */
export interface UriParts {
	user: string | undefined;
	host: string | undefined;
	port: string | undefined;
	/** parameters with their names, as one text */
	params: string | undefined;
}

const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:\/\/)?(?:([^@<>]*)@)?(\[[^\]]*\]|[^:;?/<>]*)(?::([0-9]+))?(?:\/[^;?]*)?(?:;([^?]*))?/s;

export function uriParts(uri: string): UriParts {
	const found = URI.exec(uri);
	if (found === null) return { user: undefined, host: undefined, port: undefined, params: undefined };
	// Wireshark's user part has no password.
	const user = found[1]?.replace(/:.*$/s, "");
	return { user: user || undefined, host: found[2] || undefined, port: found[3], params: found[4] || undefined };
}
