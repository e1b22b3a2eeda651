import type { DiagnosticDefinition } from "../problem.js";

export const BREAKPOINT_DIAGNOSTICS = {
	"breakpoint.injected": {
		severity: "note",
		clause: "",
		summary: "octets that no peer sent were put into the connection",
	},
	"breakpoint.limit": {
		severity: "warn",
		clause: "",
		summary: "a message that a breakpoint matched was not held, or not for long enough, because of a limit: it went on as it came",
	},
	"breakpoint.timeout": {
		severity: "warn",
		clause: "",
		summary: "nobody said in time what is to become of a message held at a breakpoint",
	},
} as const satisfies Record<`breakpoint.${string}`, DiagnosticDefinition>;
