import type { DiagnosticDefinition } from "../problem.js";

export const SESSION_DIAGNOSTICS = {
	"session.no-media-connection": { severity: "error", clause: "RFC 4975 §5.4", summary: "answer accepted MSRP, no connection within 30 s" },
	"session.connection-to-unexpected-address": {
		severity: "warn",
		clause: "RFC 6714 §4",
		summary: "active side connected to another address than SDP and CEMA rules give",
	},
	"session.bye-with-open-messages": { severity: "warn", clause: "RFC 4975 §5.4", summary: "BYE while messages or reports are outstanding" },
} as const satisfies Record<`session.${string}`, DiagnosticDefinition>;
