import type { DiagnosticDefinition } from "../problem.js";

export const IMDN_DIAGNOSTICS = {
	"imdn.no-message-id": { severity: "error", clause: "RFC 5438", summary: "Disposition-Notification without imdn.Message-ID" },
	"imdn.unknown-message": { severity: "warn", clause: "RFC 5438", summary: "notification for an id not seen" },
	"imdn.for-imdn": { severity: "error", clause: "RFC 5438", summary: "notification that itself asks for one" },
	"imdn.bad-xml": { severity: "error", clause: "RFC 5438", summary: "notification does not parse or carries a DTD" },
} as const satisfies Record<`imdn.${string}`, DiagnosticDefinition>;
