import type { DiagnosticId } from "../../model/problem.js";
import { plus, rangeFault, samePosition } from "./byte-range.js";
import type { DecodedMsrpFrame } from "./frame.js";
import {
	BYTE_RANGE,
	CONTENT_TRANSFER_ENCODING,
	CONTENT_TYPE,
	FAILURE_REPORT,
	FROM_PATH,
	MESSAGE_ID,
	STATUS,
	SUCCESS_REPORT,
	TO_PATH,
} from "./header-names.js";
import type { Path } from "./path-check.js";

/** RFC 4975 §7.1: requests other than SEND */
const NON_SEND_BODY = 10_240;
/** RFC 4975 §7.1.1 */
const INTERRUPTIBLE = 2048;
const STATUS_VALUE = /^[0-9]{3} [0-9]{3}(?: .*)?$/s;
const FAILURE_VALUES: ReadonlySet<string> = new Set(["yes", "no", "partial"]);
const SUCCESS_VALUES: ReadonlySet<string> = new Set(["yes", "no"]);

/** All findings that a complete frame shows by itself, beyond its lines (RFC 4975 §7, §9). Added to `frame.problems`. */
export function checkFrame(frame: DecodedMsrpFrame): void {
	checkPaths(frame);
	checkBody(frame);
	if (frame.kind === "response") {
		if (frame.bodyOffset >= 0) whole(frame, "msrp.response-has-body");
		if (frame.flag !== "$") whole(frame, "msrp.response-flag", frame.flag);
		return;
	}
	if (frame.method === "REPORT") checkReport(frame);
	else checkReportRequests(frame);
	if (frame.method !== "SEND" && frame.bodyLength > NON_SEND_BODY)
		whole(frame, "msrp.non-send-body-too-large", `${frame.bodyLength} octets`);
	checkRange(frame);
}

/** A finding about the head as a whole, or about something that it lacks. */
function whole(frame: DecodedMsrpFrame, id: DiagnosticId, detail?: string): void {
	frame.note(detail === undefined ? { id, offset: 0, length: frame.headLength } : { id, offset: 0, length: frame.headLength, detail });
}

function absent(frame: DecodedMsrpFrame, id: DiagnosticId): void {
	frame.note({ id, offset: 0, length: 0 });
}

function checkPaths(frame: DecodedMsrpFrame): void {
	const { to, from } = frame;
	if (to === null) absent(frame, "msrp.missing-to-path");
	if (from === null) absent(frame, "msrp.missing-from-path");
	if (to !== null && from !== null && (frame.find(TO_PATH) !== 0 || frame.find(FROM_PATH) !== 1)) whole(frame, "msrp.path-order");
	if (to !== null && to.findings.length > 0) notePath(frame, to);
	if (from !== null && from.findings.length > 0) notePath(frame, from);
}

/** Each kind once per frame. */
function notePath(frame: DecodedMsrpFrame, path: Path): void {
	for (const { id, uri } of path.findings) {
		if (!frame.problems?.some((problem) => problem.id === id)) whole(frame, id, uri);
	}
}

function checkBody(frame: DecodedMsrpFrame): void {
	const hasBody = frame.bodyOffset >= 0;
	const type = frame.find(CONTENT_TYPE);
	if (hasBody && type < 0) absent(frame, "msrp.body-without-content-type");
	if (!hasBody && type >= 0) whole(frame, "msrp.content-type-without-body");
	if (type >= 0 && type !== frame.headerCount - 1) whole(frame, "msrp.content-type-not-last");
	if (frame.has(CONTENT_TRANSFER_ENCODING)) whole(frame, "msrp.content-transfer-encoding");
}

function checkReport(frame: DecodedMsrpFrame): void {
	if (frame.flag !== "$") whole(frame, "msrp.report-flag", frame.flag);
	if (!frame.has(MESSAGE_ID)) absent(frame, "msrp.missing-message-id");
	const status = frame.valueOf(STATUS);
	if (status === undefined) absent(frame, "msrp.missing-status");
	else if (!STATUS_VALUE.test(status)) whole(frame, "msrp.bad-status-header", status);
	if (frame.has(SUCCESS_REPORT) || frame.has(FAILURE_REPORT)) whole(frame, "msrp.report-carries-report-request");
}

function checkReportRequests(frame: DecodedMsrpFrame): void {
	// A bodiless SEND without Byte-Range opens or keeps a connection and names no message.
	if (frame.method === "SEND" && (frame.bodyOffset >= 0 || frame.has(BYTE_RANGE)) && !frame.has(MESSAGE_ID)) {
		absent(frame, "msrp.missing-message-id");
	}
	const success = frame.valueOf(SUCCESS_REPORT);
	if (success !== undefined && !SUCCESS_VALUES.has(success.toLowerCase()))
		whole(frame, "msrp.bad-report-value", `Success-Report: ${success}`);
	const failure = frame.valueOf(FAILURE_REPORT);
	if (failure !== undefined && !FAILURE_VALUES.has(failure.toLowerCase()))
		whole(frame, "msrp.bad-report-value", `Failure-Report: ${failure}`);
}

function checkRange(frame: DecodedMsrpFrame): void {
	const range = frame.byteRange;
	if (range === undefined) return;
	const value = frame.valueOf(BYTE_RANGE)!;
	if (range === null) {
		whole(frame, "msrp.bad-byte-range", value);
		return;
	}
	const fault = rangeFault(range);
	if (fault !== null) {
		whole(frame, fault, value);
		return;
	}
	// In REPORT the range speaks of another message (RFC 4975 §7.1.2).
	if (frame.method !== "SEND") return;
	if (range.end !== undefined) {
		const last = plus(range.start, frame.bodyLength - 1);
		if (!samePosition(last, range.end)) whole(frame, "msrp.byte-range-body-mismatch", `${value}, ${frame.bodyLength} octets`);
		if (frame.bodyLength > INTERRUPTIBLE) whole(frame, "msrp.chunk-not-interruptible", value);
	}
}
