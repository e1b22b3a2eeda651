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
	"cpim.malformed-header": {
		severity: "error",
		clause: "RFC 3862 §2.2, §3.6",
		summary: "header line without name and colon, with a bad name, or an NS that declares nothing",
	},
	"cpim.bare-lf": { severity: "error", clause: "RFC 3862 §2.2, RFC 2045 §3", summary: "header line ended by LF alone" },
	"cpim.invalid-utf8": { severity: "error", clause: "RFC 3862 §2.2", summary: "header value is not UTF-8" },
	"cpim.leading-octets": {
		severity: "warn",
		clause: "RFC 3862 §2",
		summary: "empty lines or a Content-Type: message/cpim block before the first header",
	},
	"cpim.duplicate-header": { severity: "error", clause: "RFC 4975 §13", summary: "second From, DateTime or Require; the first one counts" },
	"cpim.bad-address": {
		severity: "error",
		clause: "RFC 3862 §3.6, §4.1",
		summary: "From, To or cc is not formal name, <URI> and end of line",
	},
	"cpim.core-namespace-misprint": {
		severity: "note",
		clause: "RFC 3862 §3.4, §6",
		summary: "core namespace spelled urn:ietf:params-cpim-headers: as RFC 3862 §6 misprints it",
	},
	"cpim.content-length-mismatch": {
		severity: "warn",
		clause: "RFC 3862 §2.4",
		summary: "Content-Length inside CPIM, where it means nothing, differs from the content",
	},
	"cpim.private-address-leak": {
		severity: "note",
		clause: "RFC 3862 §2.2",
		summary: "private address left inside CPIM by a rewriting box",
	},
} as const satisfies Record<`cpim.${string}`, DiagnosticDefinition>;
