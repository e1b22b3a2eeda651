export { SessionTables } from "./tables.js";
export type { DialogSummary, FocusEvidence, Late, MediaSummary, SessionKind, SessionSummary } from "./types.js";
