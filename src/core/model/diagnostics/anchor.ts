import type { DiagnosticDefinition } from "../problem.js";

export const ANCHOR_DIAGNOSTICS = {
	"anchor.no-port": {
		severity: "warn",
		clause: "",
		summary: "no listener could be had for the MSRP session: it does not come through here",
	},
} as const satisfies Record<`anchor.${string}`, DiagnosticDefinition>;
