import type { DiagnosticDefinition } from "../problem.js";

export const XML_DIAGNOSTICS = {
	"xml.bad-payload": {
		severity: "error",
		clause: "RFC 3994 §6, RFC 4575 §8, RFC 4826 §3",
		summary: "isComposing, conference-info or resource list does not parse or carries a DTD",
	},
} as const satisfies Record<`xml.${string}`, DiagnosticDefinition>;
