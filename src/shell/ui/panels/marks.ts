import { severityMark } from "../../../core/export/severity.js";
import type { Row } from "../store/row.js";

/** "!DO1 DA1": the gravest, then all codes. */
export function divergenceMark({ divergence, codes }: Pick<Row, "divergence" | "codes">): string {
	return divergence === undefined ? "" : severityMark(divergence) + codes;
}
