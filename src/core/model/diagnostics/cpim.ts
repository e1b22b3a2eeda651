import type { DiagnosticDefinition } from "../problem.js";

export const CPIM_DIAGNOSTICS = {
	"cpim.missing-blank-line": { severity: "error", clause: "RFC 3862 §2", summary: "no empty line after the message headers" },
	"cpim.missing-content-type": { severity: "error", clause: "RFC 3862 §2.4", summary: "encapsulated part without Content-Type" },
	"cpim.header-case": { severity: "error", clause: "RFC 3862 §2.2", summary: "known header in another case: it is a different header" },
	"cpim.header-spacing": {
		severity: "error",
		clause: "RFC 3862 §2.2",
		summary: "not one SP after the colon, or white space at a line end",
	},
	"cpim.folded-header": { severity: "error", clause: "RFC 3862 §2.2", summary: "header over two lines" },
	"cpim.bad-escape": { severity: "warn", clause: "RFC 3862 §2.3.1", summary: "control octet not escaped, or unknown escape" },
	"cpim.undeclared-namespace": { severity: "error", clause: "RFC 3862 §3", summary: "prefix without NS" },
	"cpim.unknown-require": { severity: "error", clause: "RFC 3862 §4.7", summary: "Require names a header that is not understood" },
	"cpim.private-address-leak": {
		severity: "note",
		clause: "RFC 3862 §2.2",
		summary: "private address left inside CPIM by a rewriting box",
	},
} as const satisfies Record<`cpim.${string}`, DiagnosticDefinition>;
