/** Octets for tests of rules. */

export const A = "msrp://192.0.2.1:7000/aaaa;tcp";
export const B = "msrp://198.51.100.2:2855/bbbb;tcp";

/** A SIP request of the caller, or of the callee where `headers` say so. */
export function request(method: string, n = 1, more: readonly string[] = [], body = ""): string {
	return [
		`${method} sip:bob@example.com SIP/2.0`,
		`Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK${n}`,
		"Max-Forwards: 70",
		"From: <sip:alice@example.com>;tag=1",
		`To: <sip:bob@example.com>${method === "INVITE" || method === "MESSAGE" || method === "OPTIONS" ? "" : ";tag=2"}`,
		"Call-ID: a@example.com",
		`CSeq: ${n} ${method}`,
		"Contact: <sip:alice@192.0.2.1>",
		...more,
		`Content-Length: ${Buffer.byteLength(body)}`,
		"",
		body,
	].join("\r\n");
}

export function response(status: number, reason: string, method: string, n = 1, more: readonly string[] = [], body = ""): string {
	return [
		`SIP/2.0 ${status} ${reason}`,
		`Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK${n}`,
		"From: <sip:alice@example.com>;tag=1",
		"To: <sip:bob@example.com>;tag=2",
		"Call-ID: a@example.com",
		`CSeq: ${n} ${method}`,
		...more,
		`Content-Length: ${Buffer.byteLength(body)}`,
		"",
		body,
	].join("\r\n");
}

/** An MSRP SEND from A to B. */
export function send(
	id: string,
	body: string,
	type = "text/plain",
	more: readonly string[] = [],
	range = `1-${body.length}/${body.length}`,
	flag = "$",
): string {
	const headers = [`To-Path: ${B}`, `From-Path: ${A}`, `Message-ID: m-${id}`, ...more, `Byte-Range: ${range}`, `Content-Type: ${type}`];
	return `MSRP ${id} SEND\r\n${headers.join("\r\n")}\r\n\r\n${body}\r\n-------${id}${flag}\r\n`;
}

export function msrpOk(id: string): string {
	return `MSRP ${id} 200 OK\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\n-------${id}$\r\n`;
}

export function cpim(text: string, headers: readonly string[] = [], type = "text/plain"): string {
	return ["From: <sip:alice@example.com>", "To: <sip:bob@example.com>", ...headers, "", `Content-Type: ${type}`, "", text].join("\r\n");
}
