import type { DiagnosticDefinition } from "../problem.js";

export const HEP_DIAGNOSTICS = {
	"hep.bad-chunk": { severity: "error", clause: "HEP3", summary: "chunk length below 6 or past the packet end" },
} as const satisfies Record<`hep.${string}`, DiagnosticDefinition>;
