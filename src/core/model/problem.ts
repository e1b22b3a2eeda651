import type { DiagnosticId } from "./diagnostics/index.js";

export type { DiagnosticId };

/** error: breaks the standard or loses data; warn: legal but harmful; note: unusual but legal; chat: normal milestone. */
export type Severity = "error" | "warn" | "note" | "chat";

/** The definition of a diagnostic. The reference page, the JSON schema and the switches follow from it. */
export interface DiagnosticDefinition {
	severity: Severity;
	/** clause(s) that it rests on, "RFC 4975 §7.1" style; empty when it rests on no text */
	clause: string;
	/** one sentence: it fires when ... */
	summary: string;
}

/**
 * One finding. The definition (severity, clause) is looked up by `id`.
 * `offset` counts octets from the start of what the problem is attached to: the frame for frame problems,
 * the direction's stream for stream problems, the file for capture problems.
 */
export interface Problem {
	id: DiagnosticId;
	offset: number;
	/** octets concerned; 0 when the finding is about something absent */
	length: number;
	/** the particular values, in words; never repeats the definition */
	detail?: string;
}
