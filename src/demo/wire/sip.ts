import type { SipMessage } from "../../core/protocols/sip/types.js";
import { rows } from "./text.js";

export interface Body {
	type: string;
	octets: Buffer;
	disposition?: string;
}

export type HeaderRow = readonly [name: string, value: string | undefined];

/** A SIP request (RFC 3261 §7.1). Content-Type and Content-Length follow from the body. */
export function sipRequest(method: string, uri: string, headers: readonly HeaderRow[], body?: Body): Buffer {
	return assemble(`${method} ${uri} SIP/2.0\r\n`, headers, body);
}

/** A SIP response with the headers that RFC 3261 §8.2.6.2 has it copy; `via` has received and rport filled in already. */
export function sipResponse(
	request: SipMessage,
	status: number,
	reason: string,
	options: { via: readonly string[]; toTag?: string | undefined; headers?: readonly HeaderRow[]; body?: Body | undefined },
): Buffer {
	const to = request.get("to") ?? "";
	const tagged = options.toTag === undefined || /;\s*tag\s*=/i.test(afterBracket(to)) ? to : `${to};tag=${options.toTag}`;
	const copied: HeaderRow[] = [
		...options.via.map((value): HeaderRow => ["Via", value]),
		["From", request.get("from")],
		["To", tagged],
		["Call-ID", request.get("call-id")],
		["CSeq", request.get("cseq")],
	];
	return assemble(`SIP/2.0 ${status} ${reason}\r\n`, [...copied, ...(options.headers ?? [])], options.body);
}

function assemble(startLine: string, headers: readonly HeaderRow[], body: Body | undefined): Buffer {
	const content: HeaderRow[] =
		body === undefined
			? []
			: [
					["Content-Type", body.type],
					["Content-Disposition", body.disposition],
				];
	const octets = body?.octets ?? Buffer.alloc(0);
	const head = `${startLine}${rows([...headers, ...content, ["Content-Length", String(octets.length)]])}\r\n`;
	return Buffer.concat([Buffer.from(head, "utf8"), octets]);
}

function afterBracket(value: string): string {
	return value.slice(value.lastIndexOf(">") + 1);
}

const REASONS: Readonly<Record<number, string>> = {
	100: "Trying",
	180: "Ringing",
	200: "OK",
	202: "Accepted",
	400: "Bad Request",
	401: "Unauthorized",
	403: "Forbidden",
	404: "Not Found",
	405: "Method Not Allowed",
	408: "Request Timeout",
	415: "Unsupported Media Type",
	420: "Bad Extension",
	423: "Interval Too Brief",
	480: "Temporarily Unavailable",
	481: "Call/Transaction Does Not Exist",
	486: "Busy Here",
	487: "Request Terminated",
	488: "Not Acceptable Here",
	489: "Bad Event",
	491: "Request Pending",
	500: "Server Internal Error",
	503: "Service Unavailable",
	603: "Decline",
};

export function reasonPhrase(status: number): string {
	return REASONS[status] ?? "Unknown";
}

/** multipart/mixed of the bodies (RFC 2046 §5.1.3). */
export function multipart(boundary: string, parts: readonly Body[]): Body {
	const pieces: Buffer[] = [];
	for (const part of parts) {
		const head = rows([
			["Content-Type", part.type],
			["Content-Disposition", part.disposition],
		]);
		pieces.push(Buffer.from(`--${boundary}\r\n${head}\r\n`), part.octets, Buffer.from("\r\n"));
	}
	pieces.push(Buffer.from(`--${boundary}--\r\n`));
	return { type: `multipart/mixed;boundary=${boundary}`, octets: Buffer.concat(pieces) };
}
