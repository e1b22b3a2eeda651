import type { MsrpEntry } from "../../model/entry.js";
import { some } from "../types.js";
import { uriParts } from "./addresses.js";
import { type FilterField, fieldsOn } from "./types.js";

const wireshark = fieldsOn<MsrpEntry>(["msrp"], "wireshark");
const ours = fieldsOn<MsrpEntry>(["msrp"], "mitmsrp");

/** The start line as it stands, without its line end. */
function startLine({ msrp }: MsrpEntry): string {
	const end = msrp.bytes.indexOf(10, msrp.start);
	return msrp.bytes.toString("utf8", msrp.start, end < 0 || end > msrp.end ? msrp.end : end).replace(/\r$/, "");
}

function announcedBy({ links }: MsrpEntry, announced: ReadonlyMap<string, number> | undefined): number | undefined {
	return links.session === undefined ? undefined : announced?.get(links.session);
}

/** MSRP fields that say in other words what JSON shows, and where the session was announced. */
export const MSRP_FILTERS: readonly FilterField[] = [
	wireshark("msrp.request.line", "string", "start line of a request", (entry) =>
		entry.msrp.kind === "request" ? startLine(entry) : undefined,
	),
	wireshark("msrp.response.line", "string", "start line of a response", (entry) =>
		entry.msrp.kind === "response" ? startLine(entry) : undefined,
	),
	wireshark("msrp.hdr", "string", 'each header row, as "Name: value"', ({ msrp }) =>
		some(msrp.headers.map(({ name, value }) => `${name}: ${value}`)),
	),
	wireshark("msrp.msg.hdr", "presence", "there are header rows", ({ msrp }) => msrp.headers.length > 0 || undefined),
	wireshark("msrp.end.line", "string", "the end-line", ({ msrp }) =>
		msrp.flag === "" ? undefined : `-------${msrp.transactionId}${msrp.flag}`,
	),
	wireshark("msrp.data", "string", "body of this chunk, as far as it was kept", ({ msrp }) =>
		msrp.bodyOffset < 0 || msrp.bodyKept === 0
			? undefined
			: msrp.bytes.toString("utf8", msrp.start + msrp.bodyOffset, msrp.start + msrp.bodyOffset + msrp.bodyKept),
	),
	wireshark(
		"msrp.status.code.invalid",
		"presence",
		"a status code outside of 100 to 999",
		({ msrp }) => (msrp.kind === "response" && (msrp.status < 100 || msrp.status > 999)) || undefined,
	),
	wireshark("msrp.setup", "string", "by what the session was announced, and in which packet", (entry, { announced }) => {
		const packet = announcedBy(entry, announced);
		return packet === undefined ? undefined : `SDP (packet ${packet})`;
	}),
	wireshark("msrp.setup-frame", "number", "packet with the SDP that announced the session", (entry, { announced }) =>
		announcedBy(entry, announced),
	),
	wireshark("msrp.setup-method", "string", "SDP, where SDP that announced the session was seen", (entry, { announced }) =>
		announcedBy(entry, announced) === undefined ? undefined : "SDP",
	),
	ours("msrp.msg.id", "string", "header Message-ID, as msrp.messageid", ({ msrp }) => msrp.messageId),
	ours("msrp.host", "string", "hosts of To-Path and From-Path", ({ msrp }) =>
		some([...msrp.toPath, ...msrp.fromPath].flatMap((uri) => uriParts(uri).host ?? [])),
	),
];
