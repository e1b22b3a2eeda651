import type { HeaderRow } from "../message/msrp-build.js";
import { msrpResponse } from "../message/msrp-build.js";
import { reasonOf } from "../message/reasons.js";
import { sipResponse } from "../message/sip-build.js";
import type { Template } from "../template.js";
import { octetsOf, SOURCE_OPTIONS } from "./content.js";
import { type ActionContext, defineAction } from "./types.js";

const ROW = /^([^\s:]+)\s*:\s*(.*)$/s;

export const REPLY = defineAction({
	name: "reply",
	title: "The request is answered here and does not go on.",
	doc: "A SIP response has the Vias, tags, Call-ID and CSeq that RFC 3261 §8.2.6 asks for, and Record-Route and Contact where it makes a dialog; its ACK stops here and the request gets the same response when it comes again. An MSRP response goes by the paths of the request (RFC 4975 §7.2). Nobody answers a response, an ACK or a REPORT: they stay as they are.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {
		status: { type: "integer", required: true, min: 100, max: 999, doc: "status code" },
		reason: { type: "template", doc: "the words behind it; default: the usual ones" },
		headers: { type: "templates", doc: 'further rows, each as "Retry-After: 30"' },
		...SOURCE_OPTIONS,
		type: { type: "template", default: "text/plain", doc: "media type of text or file; SIP only, responses of MSRP have no body" },
		delay: { type: "duration", default: 0, min: 0, max: 3600, doc: "how long the answer takes" },
		forward: { type: "boolean", default: false, doc: "true: the request goes on all the same, so that its sender gets two answers" },
	},
	main: "status",
	check({ text, file, fill, headers }) {
		if (text !== undefined && file !== undefined) return "give text or file, not both";
		if (fill && file === undefined) return "fill goes with file; text is filled in always";
		const wrong = headers?.find((header) => header.plain && !ROW.test(header.source));
		return wrong === undefined ? undefined : `headers: ${JSON.stringify(wrong.source)} is no row: write "Name: value"`;
	},
	example: `- name: overload
  match: sip.Method == "INVITE"
  probability: 30%
  actions:
    - reply: {status: 503, headers: ["Retry-After: 30"]}`,
	act({ status, reason, headers = [], type, delay, forward, ...source }, context) {
		const { sip, msrp, octets } = context;
		const request = sip ?? msrp;
		if (request?.kind !== "request" || request.method === "ACK" || request.method === "REPORT") return undefined;
		const words = reason === undefined ? reasonOf(context.protocol, status) : context.expand(reason);
		const rows = rowsFrom(headers, context);
		let answer: Buffer;
		if (msrp !== undefined) answer = msrpResponse(msrp, status, words, rows);
		else {
			const body =
				source.text === undefined && source.file === undefined
					? undefined
					: { type: context.expand(type), octets: octetsOf(source, context) };
			const { client, server } = context.connection;
			const from = context.dir === 0 ? client.a : server.b;
			answer = sipResponse(sip!, octets, { status, reason: words, headers: rows, body }, from, context.random.hex(6));
		}
		const inject = [{ to: "back" as const, when: "after" as const, octets: answer, delay, own: !forward }];
		if (forward) return { inject, did: `answered with ${status} ${words}` };
		const did = `answered with ${status} ${words}`;
		context.report("relay.answered", `${context.rule}: ${did}`);
		return { drop: true, quiet: true, did, inject };
	},
});

function rowsFrom(headers: readonly Template[], context: ActionContext): HeaderRow[] {
	return headers.flatMap((header): HeaderRow[] => {
		const found = ROW.exec(context.expand(header));
		return found === null ? [] : [[found[1]!, found[2]!]];
	});
}
