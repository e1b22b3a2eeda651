import type { HeaderRow } from "./sip.js";
import { rows } from "./text.js";

/** Octets of a chunk: beyond 2048 the range end must be "*" so that it can be interrupted (RFC 4975 §7.1.1). */
export const CHUNK = 2048;

export interface SendParts {
	tid: string;
	toPath: string;
	fromPath: string;
	messageId: string;
	/** 1-based position of the first octet */
	start: number;
	/** undefined: not known yet */
	total: number | undefined;
	flag: "$" | "+" | "#";
	contentType: string;
	octets: Buffer;
	successReport?: boolean | undefined;
	failureReport?: "no" | "partial" | undefined;
	headers?: readonly HeaderRow[];
}

/** One chunk of a SEND (RFC 4975 §7.1). The transaction id must not stand in the body: see `collides`. */
export function msrpSend(parts: SendParts): Buffer {
	const end = parts.octets.length > CHUNK ? "*" : String(parts.start + parts.octets.length - 1);
	const head = rows([
		["To-Path", parts.toPath],
		["From-Path", parts.fromPath],
		["Message-ID", parts.messageId],
		["Byte-Range", `${parts.start}-${end}/${parts.total ?? "*"}`],
		["Success-Report", parts.successReport === true ? "yes" : undefined],
		["Failure-Report", parts.failureReport],
		...(parts.headers ?? []),
		["Content-Type", parts.contentType],
	]);
	return Buffer.concat([
		Buffer.from(`MSRP ${parts.tid} SEND\r\n${head}\r\n`),
		parts.octets,
		Buffer.from(`\r\n-------${parts.tid}${parts.flag}\r\n`),
	]);
}

/** A request without a body: the SEND that opens a connection, NICKNAME, REPORT. */
export function msrpRequest(tid: string, method: string, toPath: string, fromPath: string, headers: readonly HeaderRow[] = []): Buffer {
	return Buffer.from(`MSRP ${tid} ${method}\r\n${rows([["To-Path", toPath], ["From-Path", fromPath], ...headers])}-------${tid}$\r\n`);
}

export function msrpResponse(tid: string, status: number, comment: string, toPath: string, fromPath: string): Buffer {
	return Buffer.from(
		`MSRP ${tid} ${status} ${comment}\r\n${rows([
			["To-Path", toPath],
			["From-Path", fromPath],
		])}-------${tid}$\r\n`,
	);
}

/** Does the body hold the end-line of that transaction id (RFC 4975 §7.1)? */
export function collides(octets: Buffer, tid: string): boolean {
	return octets.includes(`-------${tid}`);
}

const COMMENTS: Readonly<Record<number, string>> = {
	200: "OK",
	400: "Bad Request",
	403: "Forbidden",
	404: "Not Found",
	408: "Timeout",
	413: "Stop Sending",
	415: "Unsupported Media Type",
	423: "Out of Bounds",
	424: "Malformed Nickname",
	425: "Nickname In Use",
	428: "Private Messages Not Supported",
	481: "No Such Session",
	501: "Not Implemented",
	506: "Wrong Connection",
};

/** RFC 4975 §10, RFC 7701 §6.2 and §7. */
export function statusComment(status: number): string {
	return COMMENTS[status] ?? "Unknown";
}
