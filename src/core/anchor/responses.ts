import type { MsrpFrame } from "../protocols/msrp/types.js";

/** A response to a request (RFC 4975 §7.2); `more` are whole header lines. */
export function response({ transactionId }: MsrpFrame, status: number, comment: string, to: string, from: string, more = ""): Buffer {
	return Buffer.from(
		`MSRP ${transactionId} ${status} ${comment}\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\n${more}-------${transactionId}$\r\n`,
		"latin1",
	);
}

/** What a failure of the next hop is told with to whoever sent the message (RFC 4976 §6.3). */
export interface Failed {
	/** From-Path of the SEND */
	toPath: string;
	/** the relay */
	fromPath: string;
	messageId: string;
	range: string | undefined;
}

export function failureReport(id: string, { toPath, fromPath, messageId, range }: Failed, status: number, comment: string): Buffer {
	const place = range === undefined ? "" : `Byte-Range: ${range}\r\n`;
	const words = comment === "" ? "" : ` ${comment}`;
	return Buffer.from(
		`MSRP ${id} REPORT\r\nTo-Path: ${toPath}\r\nFrom-Path: ${fromPath}\r\nMessage-ID: ${messageId}\r\n${place}Status: 000 ${status}${words}\r\n-------${id}$\r\n`,
		"latin1",
	);
}
