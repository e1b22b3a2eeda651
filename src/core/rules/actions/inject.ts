import { requestFrom, wrongStart } from "../message/from-text.js";
import { octetsOf, SOURCE_OPTIONS, wrongSource } from "./content.js";
import { defineAction } from "./types.js";

export const INJECT = defineAction({
	name: "inject",
	title: "Puts a request of our own beside the message, written as a template.",
	doc: 'The first line is "MSRP SEND" or "NOTIFY", perhaps with a Request-URI; then rows, a blank line, the body. What is missing is filled in: of MSRP the transaction id, To-Path, From-Path, Message-ID, Byte-Range and end-line; of SIP the Request-URI, Via, Max-Forwards, From, To, Call-ID, CSeq, Contact and Content-Length, in the dialog of the message where it has one. Line ends become those of the wire. The answer to it stops here.',
	protocols: ["sip", "msrp"],
	needs: "head",
	options: {
		...SOURCE_OPTIONS,
		to: { type: "choice", values: ["on", "back"], default: "on", doc: "along with the message, or back to its sender" },
		when: { type: "choice", values: ["before", "after"], default: "after", doc: "before the message or after it" },
		delay: { type: "duration", default: 0, min: 0, max: 3600, doc: "how long after that" },
		raw: { type: "boolean", default: false, doc: "the octets are sent as they are, nothing is filled in" },
	},
	main: "text",
	check(options) {
		const wrong = wrongSource(options);
		if (wrong !== undefined || options.raw) return wrong;
		return wrongStart(options.text?.source ?? options.file!.toString("utf8"));
	},
	example: `- name: a word from the room
  match: sip.Method == "MESSAGE"
  times: 1
  actions:
    - inject:
        to: back
        text: |
          MESSAGE
          Content-Type: text/plain

          the room was closed`,
	act({ to, when, delay, raw, ...source }, context) {
		const given = octetsOf(source, context);
		if (raw) return { inject: [{ to, when, delay, octets: given, own: true }] };
		const memory = context.memory(() => ({ sent: 0 }));
		const made = requestFrom(given, context, to, ++memory.sent);
		return { inject: [{ to, when, delay, octets: made.octets, own: true }], did: `put ${made.what} in` };
	},
});
