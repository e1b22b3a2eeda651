import { DIAGNOSTICS } from "../model/diagnostics/index.js";
import type { Entry, EntryLinks, MsrpEntry, Payload, SipEntry } from "../model/entry.js";
import type { Problem } from "../model/problem.js";
import type { CpimMessage } from "../protocols/cpim/types.js";
import type { Sdp } from "../protocols/sdp/types.js";
import { conferenceSummary, count, excerpt } from "./content-summary.js";
import { verdictDetail } from "./detail-verdict.js";
import { escapeTerminal, escapeTerminalLines } from "./escape.js";
import type { Palette } from "./palette.js";
import { rewritingDetail } from "./rewriting.js";
import { severityMark } from "./severity.js";

const TEXT_LINES = 20;
const TEXT_UNITS = 2000;
const USERS = 50;

/** The lines that `-v` adds below an entry, escaped, without indent and line end. */
export function detailLines(entry: Entry, palette: Palette): string[] {
	const lines: string[] = [];
	if (entry.protocol === "sip") sipDetail(lines, entry, palette);
	else if (entry.protocol === "msrp") msrpDetail(lines, entry, palette);
	else eventDetail(lines, entry, palette);
	if (entry.protocol === "sip" || entry.protocol === "msrp") {
		if (entry.cpim) cpimDetail(lines, entry.cpim, palette);
		if (entry.payload) payloadDetail(lines, entry.payload, palette);
		if (entry.verdict) verdictDetail(lines, entry.verdict, palette);
	}
	rewritingDetail(lines, entry, palette);
	linkDetail(lines, entry.links, palette);
	for (const problem of entry.problems) lines.push(problemLine(problem, palette));
	return lines;
}

/** "✗ sip.missing-header error, RFC 3261 §8.1.1 at 12+4: To … absent (no Max-Forwards)". */
export function problemLine(problem: Problem, palette: Palette): string {
	const { severity, clause, summary } = DIAGNOSTICS[problem.id];
	const where = problem.length > 0 ? ` at ${problem.offset}+${problem.length}` : ` at ${problem.offset}`;
	const detail = problem.detail === undefined ? "" : escapeTerminal(` (${excerpt(problem.detail, 400)})`);
	return `${palette.severity[severity](`${severityMark(severity)} ${problem.id}`)} ${severity}${clause === "" ? "" : `, ${clause}`}${where}: ${summary}${detail}`;
}

function pair(palette: Palette, name: string, value: string): string {
	return `${palette.dim(`${escapeTerminal(name)}:`)} ${escapeTerminal(value)}`;
}

function sipDetail(lines: string[], entry: SipEntry, palette: Palette): void {
	const { sip, sdp } = entry;
	const start = sip.kind === "request" ? `${sip.method} ${sip.requestUri}` : `SIP/2.0 ${sip.status} ${sip.reason}`;
	lines.push(palette.bold(escapeTerminal(start)));
	for (const header of sip.headers) lines.push(pair(palette, header.name, header.value));
	if (sip.bodyLength > 0) lines.push(bodyLine(sip.bodyLength, sip.bodyKept, sip.bodyOffset, palette));
	if (sdp) sdpDetail(lines, sdp, palette);
}

function msrpDetail(lines: string[], entry: MsrpEntry, palette: Palette): void {
	const { msrp, message } = entry;
	const start = msrp.kind === "request" ? msrp.method : `${msrp.status} ${msrp.comment}`.trimEnd();
	lines.push(palette.bold(escapeTerminal(`MSRP ${msrp.transactionId} ${start}`)));
	for (const header of msrp.headers) lines.push(pair(palette, header.name, header.value));
	if (msrp.bodyOffset >= 0) lines.push(bodyLine(msrp.bodyLength, msrp.bodyKept, msrp.bodyOffset, palette));
	lines.push(`${palette.dim("end-line flag:")} ${msrp.flag === "" ? "none seen" : msrp.flag}`);
	if (message) {
		const of = message.total === undefined ? "" : ` of ${message.total}`;
		lines.push(`${palette.dim("message:")} ${message.state}, ${count(message.chunkCount, "chunk")}, ${message.contiguous}${of} octets`);
	}
}

function bodyLine(length: number, kept: number, offset: number, palette: Palette): string {
	const lost = kept < length ? `, ${kept} kept` : "";
	return palette.dim(`body: ${count(length, "octet")} at ${offset}${lost}`);
}

function sdpDetail(lines: string[], sdp: Sdp, palette: Palette): void {
	for (const media of sdp.media) {
		const address = media.connection?.address ?? sdp.connection?.address ?? "no address";
		const facts = [`${media.media} ${media.port} ${media.proto} at ${address}`, media.direction];
		const { msrp } = media;
		if (msrp) {
			facts.push(`path ${msrp.path.join(" ")}`);
			if (msrp.acceptTypes) facts.push(`accept-types ${msrp.acceptTypes.join(" ")}`);
			if (msrp.acceptWrappedTypes) facts.push(`wrapped ${msrp.acceptWrappedTypes.join(" ")}`);
			if (msrp.setup) facts.push(`setup ${msrp.setup}`);
			if (msrp.cema) facts.push("cema");
			if (msrp.maxSize !== undefined) facts.push(`max-size ${msrp.maxSize}`);
			if (msrp.chatroom) facts.push(`chatroom ${msrp.chatroom.join(" ")}`.trimEnd());
			const file = msrp.fileSelector;
			if (file) facts.push(`file ${file.name ?? "without name"} ${file.type ?? ""} ${file.size ?? "?"} octets`.replace(/ +/g, " "));
		}
		lines.push(pair(palette, "sdp media", facts.join(", ")));
	}
}

function cpimDetail(lines: string[], cpim: CpimMessage, palette: Palette): void {
	for (const header of cpim.headers) lines.push(pair(palette, `cpim ${header.name}`, header.value));
	for (const address of [...cpim.from, ...cpim.to, ...cpim.cc]) {
		const faults = address.faults.length === 0 ? "" : ` [${address.faults.join(", ")}]`;
		lines.push(
			pair(
				palette,
				`cpim ${address.header.local} address`,
				`${address.displayName === "" ? "" : `"${address.displayName}" `}${address.uriText}${faults}`,
			),
		);
	}
	for (const header of cpim.mime) lines.push(pair(palette, `cpim content ${header.name}`, header.value));
	lines.push(pair(palette, "cpim content", `${cpim.contentType ?? "no type"}, ${count(cpim.contentEnd - cpim.contentStart, "octet")}`));
}

function payloadDetail(lines: string[], payload: Payload, palette: Palette): void {
	switch (payload.kind) {
		case "text":
			textLines(lines, payload.text, palette);
			break;
		case "imdn":
			lines.push(pair(palette, "imdn", `${payload.notification} ${payload.status} for ${payload.messageId}`));
			if (payload.recipient !== undefined) lines.push(pair(palette, "imdn recipient", payload.recipient));
			if (payload.originalRecipient !== undefined) lines.push(pair(palette, "imdn original recipient", payload.originalRecipient));
			if (payload.dateTime !== undefined) lines.push(pair(palette, "imdn date and time", payload.dateTime));
			break;
		case "composing": {
			const refresh = payload.refresh === undefined ? "" : `, refresh ${payload.refresh} s`;
			lines.push(
				pair(palette, "composing", `${payload.state}${payload.contentType === undefined ? "" : ` ${payload.contentType}`}${refresh}`),
			);
			break;
		}
		case "conference-info":
			lines.push(pair(palette, "conference", `${payload.info.entity} ${conferenceSummary(payload.info)}`));
			for (const user of payload.info.users.slice(0, USERS)) {
				const status = user.endpoints.map((endpoint) => endpoint.status ?? "?").join(" ");
				const facts = [user.state, user.displayText ?? "", user.roles.join(" "), status, user.yourOwn ? "yourown" : ""].filter(
					(fact) => fact !== "",
				);
				lines.push(pair(palette, "conference user", `${user.entity} (${facts.join(", ")})`));
			}
			if (payload.info.users.length > USERS) lines.push(palette.dim(`… ${payload.info.users.length - USERS} more users`));
			break;
		case "resource-list":
			for (const { uri, copyControl } of payload.entries.slice(0, USERS)) {
				lines.push(pair(palette, "recipient", copyControl === undefined ? uri : `${uri} (${copyControl})`));
			}
			if (payload.entries.length > USERS) lines.push(palette.dim(`… ${payload.entries.length - USERS} more recipients`));
			break;
		case "external":
			lines.push(pair(palette, "file", `${payload.url} ${payload.contentType ?? ""} ${payload.size ?? "?"} octets`.replace(/ +/g, " ")));
			break;
		case "other":
			lines.push(pair(palette, "content", payload.contentType));
			break;
	}
}

function textLines(lines: string[], text: string, palette: Palette): void {
	const rows = escapeTerminalLines(excerpt(text, TEXT_UNITS)).split("\n");
	for (const row of rows.slice(0, TEXT_LINES)) lines.push(`${palette.dim("|")} ${row}`.trimEnd());
	if (rows.length > TEXT_LINES) lines.push(palette.dim(`| … ${rows.length - TEXT_LINES} more lines`));
}

function eventDetail(lines: string[], entry: Exclude<Entry, SipEntry | MsrpEntry>, palette: Palette): void {
	const { tls, handshake } = entry;
	if (tls) {
		const facts = [
			tls.version,
			tls.cipherSuite,
			tls.serverName && `server name ${tls.serverName}`,
			tls.alpnChosen && `alpn ${tls.alpnChosen}`,
			tls.reason,
		];
		lines.push(pair(palette, "tls", facts.filter((fact) => fact !== undefined && fact !== "").join(", ")));
	}
	if (handshake) {
		const facts = [
			`GET ${handshake.path}`,
			`status ${handshake.status}`,
			`offered ${handshake.offered.join(" ")}`,
			`chosen ${handshake.subprotocol ?? "none"}`,
		];
		lines.push(pair(palette, "websocket", facts.join(", ")));
	}
}

function linkDetail(lines: string[], links: EntryLinks, palette: Palette): void {
	const facts: string[] = [];
	if (links.answers !== undefined) facts.push(`answers #${links.answers}`);
	if (links.repeats !== undefined) facts.push(`repeats #${links.repeats}`);
	if (links.dialog !== undefined) facts.push(`dialog ${links.dialog}`);
	if (links.chat !== undefined) facts.push(`message ${links.chat}`);
	if (facts.length > 0) lines.push(palette.dim(facts.join(", ")));
}
