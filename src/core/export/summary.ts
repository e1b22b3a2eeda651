import type { Entry, MsrpEntry, SipEntry } from "../model/entry.js";
import { contentSummary, mediaType, sdpSummary, shortId } from "./content-summary.js";
import { escapeTerminal } from "./escape.js";
import { rewritingTag } from "./rewriting.js";

const REMEMBERED = 1 << 14;

/**
 * The sentence that stands for an entry in the text output and in the ladder. Escaped for terminals.
 * Remembers the methods of the last entries, because an MSRP response does not say what it answers.
 */
export class Summariser {
	readonly #numbers = new Float64Array(REMEMBERED);
	readonly #methods: string[] = [];

	/** `rewriting`: says what the proxy changed, where it changed something */
	summary(entry: Entry, rewriting = true): string {
		if (entry.protocol === "msrp" && entry.msrp.kind === "request") this.#remember(entry.number, entry.msrp.method);
		return escapeTerminal(this.#describe(entry) + suffix(entry) + (rewriting ? rewritingTag(entry) : ""));
	}

	#describe(entry: Entry): string {
		switch (entry.protocol) {
			case "sip":
				return sipSummary(entry);
			case "msrp":
				return entry.msrp.kind === "request" ? msrpRequest(entry) : this.#msrpResponse(entry);
			default:
				return entry.text;
		}
	}

	#remember(number: number, method: string): void {
		const slot = number % REMEMBERED;
		this.#numbers[slot] = number;
		this.#methods[slot] = method;
	}

	#msrpResponse(entry: MsrpEntry): string {
		const { msrp, links } = entry;
		const result = msrp.comment === "" ? String(msrp.status) : `${msrp.status} ${msrp.comment}`;
		if (links.answers === undefined) return `${result} (transaction ${shortId(msrp.transactionId)})`;
		const slot = links.answers % REMEMBERED;
		const method = this.#numbers[slot] === links.answers ? `${this.#methods[slot]} ` : "";
		return `${result} to ${method}#${links.answers}`;
	}
}

function suffix(entry: Entry): string {
	const repeats = entry.links.repeats === undefined ? "" : ` (repeats #${entry.links.repeats})`;
	const frame = entry.protocol === "sip" ? entry.sip : entry.protocol === "msrp" ? entry.msrp : undefined;
	return frame !== undefined && !frame.complete ? `${repeats} (incomplete)` : repeats;
}

function sipSummary(entry: SipEntry): string {
	const { sip, sdp } = entry;
	const facts: string[] = [];
	if (sip.kind === "response") facts.push(sip.method === "" ? "?" : sip.method);
	const event = sip.kind === "request" ? sip.get("event") : undefined;
	if (event !== undefined) facts.push(`event: ${mediaType(event)}`);
	if (sdp) facts.push(`sdp: ${sdpSummary(sdp)}`);
	const content = contentSummary(entry);
	if (content === "" && !sdp && sip.bodyLength > 0) facts.push(mediaType(sip.get("content-type") ?? "body without type"));
	const head =
		sip.kind === "request" ? `${sip.method} ${sip.requestUri}` : sip.reason === "" ? String(sip.status) : `${sip.status} ${sip.reason}`;
	return `${head}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}${content === "" ? "" : ` — ${content}`}`;
}

function msrpRequest(entry: MsrpEntry): string {
	const { msrp } = entry;
	switch (msrp.method) {
		case "SEND":
			return send(entry);
		case "REPORT":
			return words("REPORT", shortId(msrp.messageId ?? "(no Message-ID)"), msrp.get("status"), msrp.get("byte-range"));
		case "NICKNAME":
			return words("NICKNAME", msrp.get("use-nickname"));
		default:
			return words(msrp.method, msrp.messageId === undefined ? undefined : shortId(msrp.messageId));
	}
}

function send(entry: MsrpEntry): string {
	const { msrp, message } = entry;
	const id = shortId(msrp.messageId ?? "(no Message-ID)");
	const chunks = message?.chunkCount ?? 1;
	const part = chunks > 1 || msrp.flag === "+" ? `chunk ${chunks} of ${id}` : id;
	const head = words("SEND", part, msrp.get("byte-range"), msrp.flag === "#" ? "# aborted" : msrp.flag);
	if (msrp.bodyOffset < 0 || msrp.bodyLength === 0) return `${head} (empty)`;
	const type = msrp.contentType;
	const content = contentSummary(entry);
	return `${type === undefined ? head : `${head} ${mediaType(type)}`}${content === "" ? "" : ` — ${content}`}`;
}

function words(...parts: (string | undefined)[]): string {
	return parts.filter((part) => part !== undefined && part !== "").join(" ");
}
