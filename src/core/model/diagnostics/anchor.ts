import type { DiagnosticDefinition } from "../problem.js";

export const ANCHOR_DIAGNOSTICS = {
	"anchor.fingerprint-mismatch": {
		severity: "warn",
		clause: "RFC 8122 §5",
		summary: "an end of an anchored session showed another certificate than its description announces",
	},
	"anchor.no-port": {
		severity: "warn",
		clause: "",
		summary: "no listener could be had for the MSRP session: it does not come through here",
	},
} as const satisfies Record<`anchor.${string}`, DiagnosticDefinition>;
