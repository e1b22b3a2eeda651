import type { DiagnosticDefinition } from "../problem.js";

export const IP_DIAGNOSTICS = {
	"ip.fragment-overlap": {
		severity: "warn",
		clause: "RFC 5722, RFC 791 §3.2",
		summary: "fragments of one datagram overlap with other octets",
	},
	"ip.fragment-timeout": {
		severity: "warn",
		clause: "RFC 791 §3.2",
		summary: "a datagram's fragments did not all arrive within 30 s of capture time",
	},
	"ip.malformed": { severity: "warn", clause: "RFC 791, RFC 8200", summary: "an IP, UDP or TCP header does not fit its packet" },
} as const satisfies Record<`ip.${string}`, DiagnosticDefinition>;
