import { addressParams, addressUri, paramValue } from "../fields/addresses.js";
import { SIP_FIELDS } from "../fields/sip.js";
import type { SipHeader, SipMessage } from "../protocols/sip/types.js";
import { writeAddress } from "./json-address.js";
import { type JsonWriter, memberPrefix } from "./json-writer.js";

const PREFIX = new Map(SIP_FIELDS.map(({ name }) => [name, memberPrefix(name)]));

function prefix(name: string): Uint8Array {
	const found = PREFIX.get(name);
	if (!found) throw new Error(`${name} is no SIP field`);
	return found;
}

const METHOD = prefix("sip.Method");
const URI = prefix("sip.r-uri");
const STATUS = prefix("sip.Status-Code");
const REASON = prefix("sip.Reason-Phrase");
const SEQ = prefix("sip.CSeq.seq");
const SEQ_METHOD = prefix("sip.CSeq.method");
const FROM = [prefix("sip.from.addr"), prefix("sip.from.display.info"), prefix("sip.from.tag")] as const;
const TO = [prefix("sip.to.addr"), prefix("sip.to.display.info"), prefix("sip.to.tag")] as const;
const BRANCH = prefix("sip.Via.branch");
const CONTACT = prefix("sip.contact.uri");
const FOCUS = prefix("sip.contact.isfocus");
const PAI = prefix("sip.pai.addr");
const BODY = prefix("sip.body.length");
const COMPLETE = prefix("sip.complete");

/**
 * The fields of SIP_FIELDS, written out by hand because nearly every message has nearly all of them: each header is
 * looked for once. A test holds this and the definitions together.
 */
export function writeSip(out: JsonWriter, sip: SipMessage): void {
	if (sip.kind === "request") {
		out.raw(METHOD);
		out.string(sip.method);
		out.raw(URI);
		out.string(sip.requestUri);
	} else {
		out.raw(STATUS);
		out.number(sip.status);
		out.raw(REASON);
		out.string(sip.reason);
	}
	let from: SipHeader | undefined;
	let to: SipHeader | undefined;
	let via: SipHeader | undefined;
	let cseq: SipHeader | undefined;
	let contact = false;
	let pai = false;
	for (const row of sip.headers) {
		switch (row.key) {
			case "from":
				from ??= row;
				break;
			case "to":
				to ??= row;
				break;
			case "via":
				via ??= row;
				break;
			case "cseq":
				cseq ??= row;
				break;
			case "contact":
				contact = true;
				break;
			case "p-asserted-identity":
				pai = true;
		}
	}
	if (cseq) writeCSeq(out, cseq.value);
	const { bytes, start } = sip;
	if (from) writeAddress(out, from, bytes, start + from.valueStart, start + from.valueEnd, FROM);
	if (to) writeAddress(out, to, bytes, start + to.valueStart, start + to.valueEnd, TO);
	if (via) writeBranch(out, via.value);
	if (contact) writeContacts(out, sip.all("contact"));
	if (pai) writeStrings(out, PAI, sip.all("p-asserted-identity").map(addressUri));
	if (sip.bodyLength > 0) {
		out.raw(BODY);
		out.number(sip.bodyLength);
	}
	if (!sip.complete) {
		out.raw(COMPLETE);
		out.ascii("false");
	}
}

function writeCSeq(out: JsonWriter, value: string): void {
	let digits = 0;
	while (digits < value.length && value.charCodeAt(digits) >= 48 && value.charCodeAt(digits) <= 57) digits++;
	if (digits > 0 && digits <= 15 && isSpace(value.charCodeAt(digits))) {
		out.raw(SEQ);
		out.number(Number(value.slice(0, digits)));
	}
	let method = value.length;
	while (method > 0 && !isSpace(value.charCodeAt(method - 1))) method--;
	if (method < value.length) {
		out.raw(SEQ_METHOD);
		out.string(value.slice(method));
	}
}

/** The value has no line end and no edge white space, but a folded or hostile one may hold any space. */
function isSpace(code: number): boolean {
	return code === 32 || code === 9 || (code > 126 && SPACE.test(String.fromCharCode(code))) || (code >= 10 && code <= 13);
}

const SPACE = /\s/;

const NOT_SIMPLE = /["\t]|[;=] | [;=]|;branch.*;branch/i;

function writeBranch(out: JsonWriter, value: string): void {
	const comma = value.indexOf(",");
	const first = comma < 0 ? value : value.slice(0, comma);
	const at = first.indexOf(";branch=");
	const end = at < 0 ? -1 : first.indexOf(";", at + 8);
	// Quotes may hide semicolons, white space may surround the words: then the careful way.
	const simple = at >= 0 && !NOT_SIMPLE.test(first);
	const branch = simple ? first.slice(at + 8, end < 0 ? undefined : end) : paramValue(first, "branch");
	if (branch === undefined) return;
	out.raw(BRANCH);
	out.string(branch);
}

function writeContacts(out: JsonWriter, values: readonly string[]): void {
	writeStrings(out, CONTACT, values.map(addressUri));
	for (const value of values) {
		if (paramValue(addressParams(value), "isfocus") === undefined) continue;
		out.raw(FOCUS);
		out.ascii("true");
		return;
	}
}

function writeStrings(out: JsonWriter, name: Uint8Array, values: readonly string[]): void {
	if (values.length === 0) return;
	out.raw(name);
	out.strings(values);
}
