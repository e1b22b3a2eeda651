import type { MsrpEntry } from "../model/entry.js";
import { type Field, type HeaderField, own, wireshark } from "./types.js";

function header(headerName: string, name: string, origin: Field["origin"] = "wireshark"): HeaderField<MsrpEntry> {
	const key = headerName.toLowerCase();
	return { name, type: "string", origin, description: `header ${headerName}`, header: key, get: ({ msrp }) => msrp.get(key) };
}

/** MSRP header rows that have a field; the others are in "msrp.other". */
export const MSRP_HEADER_FIELDS: readonly HeaderField<MsrpEntry>[] = [
	header("To-Path", "msrp.to.path"),
	header("From-Path", "msrp.from.path"),
	header("Message-ID", "msrp.messageid"),
	header("Success-Report", "msrp.success.report"),
	header("Failure-Report", "msrp.failure.report"),
	header("Byte-Range", "msrp.byte.range"),
	header("Status", "msrp.status"),
	header("Content-Type", "msrp.content.type"),
	header("Content-ID", "msrp.content.id"),
	header("Content-Description", "msrp.content.description"),
	header("Content-Disposition", "msrp.content.disposition"),
	header("Use-Path", "msrp.use.path"),
	header("WWW-Authenticate", "msrp.www.authenticate"),
	header("Authorization", "msrp.authorization"),
	header("Authentication-Info", "msrp.authentication.info"),
	header("Use-Nickname", "msrp.use.nickname", "mitmsrp"),
	header("Expires", "msrp.expires", "mitmsrp"),
	header("Min-Expires", "msrp.min.expires", "mitmsrp"),
	header("Max-Expires", "msrp.max.expires", "mitmsrp"),
];

/** Fields of MSRP requests and responses that are no header rows. */
export const MSRP_FIELDS: readonly Field<MsrpEntry>[] = [
	wireshark("msrp.transaction.id", "string", "transaction id", ({ msrp }) => msrp.transactionId),
	wireshark("msrp.method", "string", "method of a request", ({ msrp }) => (msrp.kind === "request" ? msrp.method : undefined)),
	wireshark("msrp.status.code", "integer", "status code of a response", ({ msrp }) => (msrp.kind === "response" ? msrp.status : undefined)),
	own("msrp.comment", "string", "comment of a response", ({ msrp }) => msrp.comment || undefined),
	wireshark("msrp.cnt.flg", "string", "continuation flag of the end-line: $, + or #", ({ msrp }) => msrp.flag || undefined),
	own("msrp.body.length", "integer", "octets of the chunk's body, where there is one", ({ msrp }) =>
		msrp.bodyOffset < 0 ? undefined : msrp.bodyLength,
	),
	own("msrp.complete", "boolean", "false when the chunk was cut off", ({ msrp }) => (msrp.complete ? undefined : false)),
	own("msrp.message.state", "string", "open, complete, aborted or gap, after this chunk", ({ message }) => message?.state),
	own("msrp.message.chunks", "integer", "chunks of the message so far", ({ message }) => message?.chunkCount),
	own("msrp.message.total", "integer", "octets of the whole message, where known", ({ message }) => message?.total),
];
