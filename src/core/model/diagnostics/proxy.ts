import type { DiagnosticDefinition } from "../problem.js";

export const PROXY_DIAGNOSTICS = {
	"proxy.connect-failed": {
		severity: "error",
		clause: "",
		summary: "the target of the hop could not be reached; the client's connection is reset",
	},
	"proxy.decoder-fault": {
		severity: "warn",
		clause: "",
		summary: "the decoder failed on this connection: its octets pass unseen from here on",
	},
} as const satisfies Record<`proxy.${string}`, DiagnosticDefinition>;
