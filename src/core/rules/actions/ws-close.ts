import { defineAction } from "./types.js";
import { overWebSocket } from "./websocket.js";

export const WS_CLOSE = defineAction({
	name: "ws-close",
	title: "The WebSocket connection is closed with this code when the message has gone.",
	doc: "RFC 6455 §7.4. The other end sees the same close when the peer has answered it. With drop the message does not go.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {
		code: {
			type: "integer",
			default: 1001,
			min: 1000,
			max: 4999,
			doc: "1001 going away, 1002 protocol error, 1011 internal error, 4000 and above private",
		},
		reason: { type: "template", doc: "words that go with it, at most 123 octets" },
		to: { type: "choice", values: ["on", "back"], default: "on", doc: "who is told: the receiver of the message, or its sender" },
	},
	main: "code",
	check({ code, reason }) {
		// Codes that are never sent, or that nobody may use (RFC 6455 §7.4.1, §7.4.2).
		if ([1004, 1005, 1006].includes(code) || (code >= 1015 && code < 3000)) return `${code} is never sent: 1000 to 1014 or from 3000 on`;
		return reason?.plain && Buffer.byteLength(reason.source) > 123 ? "reason: at most 123 octets" : undefined;
	},
	example: `- name: the server restarts
  match: websocket && sip.Method == "REGISTER"
  times: 1
  actions:
    - ws-close: {code: 1012, reason: restart}`,
	act({ code, reason, to }, context) {
		const { connection, dir } = context;
		if (!overWebSocket(context)) return undefined;
		const words = Buffer.from(reason === undefined ? "" : context.expand(reason))
			.subarray(0, 123)
			.toString("utf8")
			.replace(/\ufffd+$/, "");
		const close = { code, reason: words };
		const did = `closes with ${code}`;
		if (to === "on") return { close: "fin", code: close, did };
		connection.end(dir === 0 ? 1 : 0, "fin", close);
		return { did };
	},
});
