import type { DiagnosticDefinition } from "../problem.js";

export const CAP_DIAGNOSTICS = {
	"cap.block-length": {
		severity: "error",
		clause: "pcapng",
		summary: "leading and trailing block length differ or are not a multiple of 4",
	},
	"cap.bad-interface": { severity: "error", clause: "pcapng", summary: "packet block names an interface that was not described" },
	"cap.truncated": { severity: "error", clause: "", summary: "the capture ends inside a record" },
	"cap.bad-record": { severity: "error", clause: "", summary: "a record length is impossible, so reading stopped there" },
	"cap.gzip": { severity: "error", clause: "RFC 1952 §2.3", summary: "the gzip data is damaged or ends early, so reading stopped there" },
	"cap.unknown-block": { severity: "note", clause: "", summary: "blocks of an unknown type were skipped" },
	"cap.unknown-link-type": { severity: "error", clause: "", summary: "packets of a link type that is not decoded were skipped" },
	"cap.bad-value": {
		severity: "warn",
		clause: "",
		summary: "a field of the capture file has a value that does not fit; a repair was used",
	},
} as const satisfies Record<`cap.${string}`, DiagnosticDefinition>;
