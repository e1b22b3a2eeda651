import type { DiagnosticDefinition } from "../problem.js";

export const WS_DIAGNOSTICS = {
	"ws.bad-accept": { severity: "error", clause: "RFC 6455 §4.2.2", summary: "Sec-WebSocket-Accept does not match the key" },
	"ws.no-subprotocol": {
		severity: "error",
		clause: "RFC 7118 §4.1, RFC 7977 §4.1",
		summary: "101 without sip or msrp, or with one that was not offered",
	},
	"ws.unmasked-client-frame": { severity: "error", clause: "RFC 6455 §5.1", summary: "client frame without mask" },
	"ws.masked-server-frame": { severity: "error", clause: "RFC 6455 §5.1", summary: "server frame with mask" },
	"ws.reserved-bits": { severity: "error", clause: "RFC 6455 §5.2", summary: "RSV bit set without a negotiated extension" },
	"ws.rsv1-on-continuation": { severity: "error", clause: "RFC 7692 §6", summary: "RSV1 on a continuation or control frame" },
	"ws.bad-opcode": { severity: "error", clause: "RFC 6455 §5.2", summary: "opcode 3-7 or B-F" },
	"ws.bad-fragmentation": {
		severity: "error",
		clause: "RFC 6455 §5.4",
		summary: "continuation without start, or new data frame inside a message",
	},
	"ws.control-too-long": { severity: "error", clause: "RFC 6455 §5.5", summary: "control frame over 125 octets or fragmented" },
	"ws.invalid-utf8": { severity: "error", clause: "RFC 6455 §8.1", summary: "text message or close reason is not UTF-8" },
	"ws.inflate-failed": { severity: "error", clause: "RFC 7692 §7.2.2", summary: "deflate data broken or context missing" },
	"ws.bad-length": {
		severity: "error",
		clause: "RFC 6455 §5.2",
		summary: "payload length not in its shortest form, or with its top bit set",
	},
	"ws.message-too-large": { severity: "warn", clause: "", summary: "a message above the size limit is counted but not decoded" },
	"ws.message-lost": { severity: "warn", clause: "", summary: "octets are missing, so one or more messages cannot be shown" },
	"ws.truncated-frame": { severity: "error", clause: "RFC 6455 §5.2", summary: "stream ends inside a frame or a fragmented message" },
	"ws.two-messages-in-one": {
		severity: "error",
		clause: "RFC 7118 §5, RFC 7977 §5.1",
		summary: "octets after the first SIP message or MSRP chunk",
	},
	"ws.message-incomplete": {
		severity: "error",
		clause: "RFC 7118 §5, RFC 7977 §5.1",
		summary: "WebSocket message ends before the SIP message or MSRP chunk does",
	},
	"ws.msrp-not-secure": { severity: "warn", clause: "RFC 7977 §5.1", summary: "MSRP over plain ws" },
} as const satisfies Record<`ws.${string}`, DiagnosticDefinition>;
