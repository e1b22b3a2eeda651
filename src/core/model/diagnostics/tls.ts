import type { DiagnosticDefinition } from "../problem.js";

export const TLS_DIAGNOSTICS = {
	"tls.no-secrets": { severity: "note", clause: "", summary: "a TLS connection has no matching secret, so its content is not shown" },
	"tls.unsupported-suite": { severity: "note", clause: "", summary: "the negotiated version or cipher suite cannot be decrypted" },
	"tls.decrypt-failed": {
		severity: "warn",
		clause: "RFC 8446 §5.2, RFC 5246 §6.2.3.3",
		summary: "a record did not authenticate under the given secrets",
	},
	"tls.alert": { severity: "note", clause: "RFC 8446 §6", summary: "an alert other than close_notify was sent" },
	"tls.old-version": { severity: "warn", clause: "RFC 8996", summary: "TLS 1.0 or 1.1 was negotiated" },
} as const satisfies Record<`tls.${string}`, DiagnosticDefinition>;
