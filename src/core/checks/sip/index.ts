import type { Carrier } from "../../model/entry.js";
import type { Endpoint } from "../../model/flow.js";
import type { Problem } from "../../model/problem.js";
import { ROW_END, ROW_NAME_END, ROW_START, ROW_STRIDE, ROW_VALUE } from "../../protocols/sip/head.js";
import type { SipMessage } from "../../protocols/sip/types.js";
import { isToken, skipSpace, trimEnd } from "../../protocols/uri/chars.js";
import { findParam } from "../../protocols/uri/params.js";
import { parseUri } from "../../protocols/uri/parse.js";
import { checkAddress, checkContactParams, elements, isPlainAddress } from "./address.js";
import { checkContactReach, speaksForSender } from "./contact.js";
import { Findings } from "./findings.js";
import * as id from "./header-ids.js";
import { checkQuotes, checkTokenList } from "./lists.js";
import {
	checkCallId,
	checkContentType,
	checkCSeq,
	checkDate,
	checkExpires,
	checkMaxForwards,
	checkRetryAfter,
	checkWarning,
} from "./scalars.js";
import { checkUri } from "./uri.js";
import { checkViaRow } from "./via.js";

/** RFC 3261, 3262, 3311, 3428, 3515, 3903, 6086, 6665: the registered methods. */
const METHODS: ReadonlySet<string> = new Set([
	"ACK",
	"BYE",
	"CANCEL",
	"INFO",
	"INVITE",
	"MESSAGE",
	"NOTIFY",
	"OPTIONS",
	"PRACK",
	"PUBLISH",
	"REFER",
	"REGISTER",
	"SUBSCRIBE",
	"UPDATE",
]);

const PLAIN_REQUEST_URI =
	/^(?:sips?:(?:[A-Za-z0-9\-_.!~*'()+]+@)?[A-Za-z0-9][A-Za-z0-9.-]*(?::[1-9][0-9]{0,3})?(?:;[A-Za-z0-9.-]+(?:=[A-Za-z0-9.-]+)?)?|tel:\+[0-9]+)$/;

const REQUIRED: readonly (readonly [header: number, name: string])[] = [
	[id.VIA, "Via"],
	[id.FROM, "From"],
	[id.TO, "To"],
	[id.CALL_ID, "Call-ID"],
	[id.CSEQ, "CSeq"],
];
const REQUIRED_BITS = REQUIRED.reduce((bits, [header]) => bits | (1 << header), 0);

/** What the rows of one message have shown. */
interface Seen {
	headers: number;
	vias: number;
	fromTag: boolean;
	toTag: boolean;
	/** the last Contact row, and how many there are */
	contactStart: number;
	contactEnd: number;
	contactRows: number;
}

/**
 * Findings that need this message and its carrier alone; null when there are none. Spans count octets of the frame.
 * What the framing has shown is in `message.problems` already. `source`: who sent the packet, for the reach of the Contact.
 * Good headers in their usual form are recognised without being parsed. Never throws.
 */
export function checkSip(message: SipMessage, carrier: Carrier, source?: Endpoint): Problem[] | null {
	const findings = new Findings(message);
	const seen: Seen = { headers: 0, vias: 0, fromTag: false, toTag: false, contactStart: 0, contactEnd: 0, contactRows: 0 };
	if (message.kind === "request") checkRequestLine(findings);
	const { rows } = message;
	for (let row = 0; row < rows.length; row += ROW_STRIDE) checkRow(findings, seen, row);
	checkPresence(findings, seen);
	// Several Contacts are alternatives (RFC 3261 §10.2.1): only a single one must fit.
	if (seen.contactRows === 1 && speaksForSender(message, seen.vias, (seen.headers & (1 << id.RECORD_ROUTE)) !== 0)) {
		checkContactReach(findings, seen.contactStart, seen.contactEnd, carrier, source);
	}
	return findings.problems;
}

function checkRequestLine(findings: Findings): void {
	const { method, requestUri, requestUriStart } = findings.message;
	if (!METHODS.has(method)) findings.add("sip.unknown-method", 0, method.length, method.slice(0, 80));
	if (!PLAIN_REQUEST_URI.test(requestUri)) {
		checkUri(findings, parseUri(requestUri), requestUriStart, requestUriStart + requestUri.length, true);
	}
}

function checkRow(findings: Findings, seen: Seen, row: number): void {
	const { text, message } = findings;
	const { rows } = message;
	const rowStart = rows[row + ROW_START]!;
	const nameEnd = rows[row + ROW_NAME_END]!;
	const rowEnd = rows[row + ROW_END]!;
	const header = id.headerId(text, rowStart, nameEnd);
	if (header === id.UNKNOWN) {
		if (!isToken(text, rowStart, nameEnd)) {
			const length = trimEnd(text, rowStart, rowEnd) - rowStart;
			findings.add("sip.malformed-header", rowStart, length, findings.quote(rowStart, rowStart + length));
		}
		return;
	}
	const bit = 1 << header;
	if ((seen.headers & bit & id.SINGLE_VALUED) !== 0 && !(header === id.CONTENT_LENGTH && isConflict(message))) {
		findings.add("sip.duplicate-single-header", rowStart, rowEnd - rowStart, text.slice(rowStart, nameEnd));
	}
	seen.headers |= bit;
	const start = skipSpace(text, rows[row + ROW_VALUE]!, rowEnd);
	const end = Math.max(start, trimEnd(text, start, rowEnd));
	switch (header) {
		case id.VIA:
			seen.vias += checkViaRow(findings, start, end);
			return;
		case id.FROM:
			seen.fromTag = checkParty(findings, start, end) || seen.fromTag;
			return;
		case id.TO:
			seen.toTag = checkParty(findings, start, end) || seen.toTag;
			return;
		case id.CALL_ID:
			checkCallId(findings, start, end);
			return;
		case id.CSEQ:
			checkCSeq(findings, start, end);
			return;
		case id.MAX_FORWARDS:
			checkMaxForwards(findings, start, end);
			return;
		case id.CONTACT:
			seen.contactStart = start;
			seen.contactEnd = end;
			seen.contactRows++;
			checkAddressList(findings, header, start, end);
			return;
		case id.ROUTE:
		case id.RECORD_ROUTE:
		case id.IDENTITY:
			checkAddressList(findings, header, start, end);
			return;
		case id.REFER_TO:
			if (!isPlainAddress(text, start)) checkAddress(findings, start, end);
			return;
		case id.CONTENT_TYPE:
			checkContentType(findings, start, end);
			return;
		case id.EXPIRES:
			checkExpires(findings, start, end);
			return;
		case id.DATE:
			checkDate(findings, start, end);
			return;
		case id.RETRY_AFTER:
			checkRetryAfter(findings, start, end);
			return;
		case id.WARNING:
			for (const span of elements(findings, start, end)) checkWarning(findings, span.start, span.end);
			return;
		case id.TOKENS:
			checkTokenList(findings, start, end);
			return;
		case id.CREDENTIALS:
			checkQuotes(findings, start, end);
			return;
	}
}

/** The framing has reported two different lengths; that they are two is no other fault. */
function isConflict(message: SipMessage): boolean {
	return message.problems?.some((problem) => problem.id === "sip.conflicting-content-length") === true;
}

/** From or To; true when it has a tag (RFC 3261 §19.3). */
function checkParty(findings: Findings, start: number, end: number): boolean {
	const { text } = findings;
	if (isPlainAddress(text, start)) {
		if (text.charCodeAt(end - 1) === 62) return false;
		if (text.startsWith(";tag=", text.lastIndexOf(";", end))) return true;
	}
	return findParam(checkAddress(findings, start, end).params, "tag") !== undefined;
}

function checkAddressList(findings: Findings, header: number, start: number, end: number): void {
	const { text } = findings;
	if (header === id.CONTACT && end - start === 1 && text.charCodeAt(start) === 42) return;
	if (isPlainAddress(text, start)) {
		if (header === id.ROUTE || header === id.IDENTITY) return;
		if (header === id.RECORD_ROUTE && text.startsWith(";lr>", end - 4)) return;
		if (header === id.CONTACT && text.charCodeAt(end - 1) === 62) return;
	}
	for (const span of elements(findings, start, end)) {
		const address = checkAddress(findings, span.start, span.end);
		if (header === id.CONTACT) checkContactParams(findings, address, span.start, span.end);
		else if (header === id.RECORD_ROUTE && findParam(address.uri.params, "lr") === undefined) {
			findings.add("sip.record-route-no-lr", span.start, span.end - span.start);
		}
	}
	if (start === end) findings.add("sip.bad-header-value", start, 0, "empty");
}

/** Headers and tags that must be there (RFC 3261 §8.1.1, §8.2.6.2, §12.1.1). */
function checkPresence(findings: Findings, seen: Seen): void {
	const { message } = findings;
	const request = message.kind === "request";
	const { headers } = seen;
	if ((headers & REQUIRED_BITS) !== REQUIRED_BITS) {
		for (const [header, name] of REQUIRED) if ((headers & (1 << header)) === 0) findings.add("sip.missing-header", 0, 0, name);
	}
	if (request && (headers & (1 << id.MAX_FORWARDS)) === 0) findings.add("sip.missing-header", 0, 0, "Max-Forwards");
	if ((headers & (1 << id.FROM)) !== 0 && !seen.fromTag) findings.add("sip.missing-from-tag", 0, 0);
	if (!request && message.status > 100 && (headers & (1 << id.TO)) !== 0 && !seen.toTag) {
		findings.add("sip.missing-to-tag", 0, 0);
	}
	const invites = request || (message.status >= 200 && message.status < 300);
	if (invites && (headers & (1 << id.CONTACT)) === 0 && message.method === "INVITE") findings.add("sip.missing-contact", 0, 0);
}
