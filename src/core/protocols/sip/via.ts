import { isSpace, skipSpace, trimEnd } from "../uri/chars.js";
import { addFault, paramValue, parseParams } from "../uri/params.js";
import { splitHostPort } from "../uri/parse.js";
import { splitSpans } from "../uri/split.js";
import type { Span, UriParam } from "../uri/types.js";
import type { SipMessage } from "./types.js";

/** One Via value (RFC 3261 §20.42). Spans count from the start of the parsed text. */
export interface Via {
	/** "SIP/2.0", white space removed */
	protocol: string;
	/** as written: "UDP", "TCP", "TLS", "WS", ... */
	transport: string;
	/** sent-by; IPv6 without brackets */
	host: string;
	port: number | undefined;
	params: UriParam[];
	branch: string | undefined;
	/** without brackets (RFC 5118 §4.5) */
	received: string | undefined;
	/** null when it is there without a value, which asks the server to fill it in (RFC 3581 §3) */
	rport: number | null | undefined;
	sentBy: Span;
	/** "malformed", faults of sent-by ("empty-host", "bad-port", "ipv6-unbracketed", ...) and of the parameters */
	faults: string[];
}

/** Parses text[start, end), one Via value, folds and white space around "/" included. Never throws. */
export function parseVia(text: string, start = 0, end = text.length): Via {
	const faults: string[] = [];
	const firstSlash = text.indexOf("/", start);
	const secondSlash = firstSlash < 0 ? -1 : text.indexOf("/", firstSlash + 1);
	let semicolon = text.indexOf(";", start);
	if (semicolon < 0 || semicolon > end) semicolon = end;
	let protocol = "";
	let transport = "";
	let sentStart = skipSpace(text, start, semicolon);
	if (secondSlash < 0 || secondSlash >= semicolon) addFault(faults, "malformed");
	else {
		protocol = `${text.slice(start, firstSlash).trim()}/${text.slice(firstSlash + 1, secondSlash).trim()}`;
		const transportStart = skipSpace(text, secondSlash + 1, semicolon);
		let transportEnd = transportStart;
		while (transportEnd < semicolon && !isSpace(text.charCodeAt(transportEnd))) transportEnd++;
		transport = text.slice(transportStart, transportEnd);
		sentStart = skipSpace(text, transportEnd, semicolon);
		if (transport === "" || sentStart === semicolon) addFault(faults, "malformed");
	}
	const sentEnd = Math.max(sentStart, trimEnd(text, sentStart, semicolon));
	const written = text.slice(sentStart, sentEnd);
	// White space may stand around the colon of sent-by, nowhere else in it.
	const compact = /\s/.test(written) ? written.replace(/\s*:\s*/g, ":") : written;
	const { host, port, faults: hostFaults } = splitHostPort(compact, 0, compact.length);
	for (const fault of hostFaults) addFault(faults, fault);
	const params = semicolon < end ? parseParams(text, semicolon, end, faults) : [];
	const rport = paramValue(params, "rport");
	const received = paramValue(params, "received");
	return {
		protocol,
		transport,
		host,
		port,
		params,
		branch: paramValue(params, "branch"),
		received: received?.startsWith("[") && received.endsWith("]") ? received.slice(1, -1) : received,
		rport: rport === undefined ? undefined : /^\d{1,5}$/.test(rport) ? Number(rport) : null,
		sentBy: { start: sentStart, end: sentEnd },
		faults,
	};
}

/** All Via values, topmost first; empty list elements are passed over. */
export function vias(message: SipMessage): Via[] {
	return message.all("via").map((value) => parseVia(value));
}

/** The first Via value; undefined when there is none. */
export function topVia(message: SipMessage): Via | undefined {
	const value = message.get("via");
	if (value === undefined) return undefined;
	const first = value.includes(",") ? splitSpans(value).find((span) => span.end > span.start) : { start: 0, end: value.length };
	return first === undefined || first.end === first.start ? undefined : parseVia(value.slice(first.start, first.end));
}
