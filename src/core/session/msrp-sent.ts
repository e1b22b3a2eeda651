import type { Direction } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import type { DiagnosticId, Problem } from "../model/problem.js";
import { type Position, plus } from "../protocols/msrp/byte-range.js";
import { Chain, type Link } from "../protocols/msrp/chain.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import type { Connection, MsrpEvent, PendingReport } from "./msrp-connection.js";
import { note } from "./msrp-connection.js";
import { owned } from "./text.js";
import type { Late } from "./types.js";

/** A message as its sender's side of the connection shows it: what REPORTs may speak of (RFC 4975 §7.1.2, §7.1.3). */
export interface SentMessage extends Link<SentMessage> {
	connection: Connection;
	dir: 0 | 1;
	messageId: string;
	/** entry of its last chunk */
	entry: number;
	successAsked: boolean;
	/** the last octet that was sent */
	end: Position;
	/** "$" was sent */
	finished: boolean;
	/** it came through relays: the REPORT may take another connection than the message (RFC 4976 §6.3) */
	relayed: boolean;
	/** a success REPORT came, or a failure in any form */
	reported: boolean;
	/** seconds at which 413 told the sender to stop; undefined while it may go on */
	stopped: number | undefined;
}

const MAX_PENDING = 16;
const STATUS = /^[0-9]{3} ([0-9]{3})/;

/** The messages sent on all connections, and the REPORTs about them. Bounded; the oldest message is forgotten. */
export class SentMessages {
	readonly #limit: number;
	readonly #order = new Chain<SentMessage>();

	constructor(limits: Limits) {
		this.#limit = limits.msrpOpenMessages;
	}

	/** A SEND with content. Undefined when it names no message. */
	send(connection: Connection, event: MsrpEvent): SentMessage | undefined {
		const { msrp, dir } = event;
		const messageId = msrp.messageId;
		if (messageId === undefined || msrp.bodyOffset < 0) return undefined;
		connection.sent[dir] ??= new Map();
		const sent = connection.sent[dir];
		let message = sent.get(messageId);
		if (message === undefined) {
			const key = owned(messageId);
			message = {
				connection,
				dir,
				messageId: key,
				entry: 0,
				successAsked: false,
				end: 0,
				finished: false,
				relayed: false,
				reported: false,
				stopped: undefined,
				before: undefined,
				after: undefined,
			};
			sent.set(key, message);
			this.#order.push(message);
			if (this.#order.size > this.#limit) this.#forgetOldest();
		}
		message.entry = event.number;
		if (msrp.get("success-report")?.toLowerCase() === "yes") message.successAsked = true;
		const end = plus(msrp.byteRange?.start ?? 1, msrp.bodyLength - 1);
		if (end > message.end) message.end = end;
		if (msrp.flag === "$") message.finished = true;
		if (msrp.fromPath.length > 1) message.relayed = true;
		// An aborted message needs no report.
		if (msrp.flag === "#") message.reported = true;
		return message;
	}

	/** A REPORT; the entry that it speaks of. */
	report(connection: Connection, event: MsrpEvent, at: number, problems: Problem[]): number | undefined {
		const { msrp } = event;
		let dir: Direction = event.dir === 0 ? 1 : 0;
		const code = STATUS.exec(msrp.get("status") ?? "")?.[1];
		if (msrp.messageId === undefined || code === undefined) return undefined;
		let message = connection.sent[dir]?.get(msrp.messageId);
		if (message === undefined) {
			// A relay that is its own next hop sends the message and the REPORT the same way.
			const other = connection.sent[event.dir]?.get(msrp.messageId);
			if (other?.relayed) {
				message = other;
				dir = event.dir;
			}
		}
		if (message !== undefined) {
			message.reported = true;
			if (code === "413") message.stopped ??= at;
		}
		const report: PendingReport = {
			entry: event.number,
			at,
			messageId: owned(msrp.messageId),
			success: code === "200",
			relayed: msrp.toPath.length > 1,
			end: msrp.byteRange?.end,
		};
		const fault = judge(connection, dir, report, message);
		if (fault !== null) {
			// The chunk that it speaks of may be under way: frames are known when they are whole.
			if (fault === "msrp.report-not-requested") note(problems, fault, report.messageId);
			else {
				const pending = connection.pending[dir] ?? [];
				connection.pending[dir] = pending;
				if (pending.length < MAX_PENDING) pending.push(report);
			}
		}
		return message?.entry;
	}

	/**
	 * Decides about REPORTs that came before `before` and waited for the frame that was under way in `dir`.
	 * To be called for every frame of `dir`: with its beginning before it is looked at, with infinity after that.
	 */
	settle(connection: Connection, dir: Direction, before: number, late: Late[]): void {
		const pending = connection.pending[dir];
		if (pending === undefined) return;
		const waiting: PendingReport[] = [];
		for (const report of pending) {
			if (report.at >= before) {
				waiting.push(report);
				continue;
			}
			const message = connection.sent[dir]?.get(report.messageId);
			if (message !== undefined) message.reported = true;
			const fault = judge(connection, dir, report, message);
			if (fault !== null) late.push({ entry: report.entry, problem: { id: fault, offset: 0, length: 0, detail: report.messageId } });
		}
		connection.pending[dir] = waiting.length === 0 ? undefined : waiting;
	}

	/** The connection is over. `ended`: it was closed, the capture did not just stop. */
	close(connection: Connection, ended: boolean, late: Late[]): void {
		for (const dir of [0, 1] as const) {
			this.settle(connection, dir, Number.POSITIVE_INFINITY, late);
			const reportsMissed = connection.gaps[dir === 0 ? 1 : 0] > 0;
			for (const message of connection.sent[dir]?.values() ?? []) {
				this.#order.remove(message);
				if (ended && !reportsMissed && message.successAsked && message.finished && !message.relayed && !message.reported) {
					const problem: Problem = { id: "msrp.success-report-missing", offset: 0, length: 0, detail: message.messageId };
					late.push({ entry: message.entry, problem });
				}
			}
			connection.sent[dir] = undefined;
		}
	}

	#forgetOldest(): void {
		const oldest = this.#order.first;
		if (oldest === undefined) return;
		this.#order.remove(oldest);
		oldest.connection.sent[oldest.dir]?.delete(oldest.messageId);
		oldest.connection.forgotten[oldest.dir] = true;
	}
}

/** RFC 4975 §7.1.2, §7.1.3; null when the REPORT is in order. `dir`: direction of the message. */
function judge(connection: Connection, dir: 0 | 1, report: PendingReport, message: SentMessage | undefined): DiagnosticId | null {
	if (message === undefined) return report.relayed || connection.mayHaveMissed(dir) ? null : "msrp.report-unknown-message";
	if (report.success && !message.successAsked && !connection.mayHaveMissed(dir)) return "msrp.report-not-requested";
	if (report.end !== undefined && report.end > message.end && !connection.mayHaveMissed(dir)) return "msrp.report-range-not-sent";
	return null;
}

/** The value of Failure-Report; absent means yes, and so does what is no value (RFC 4975 §7.1.1). */
export function failureReport(frame: MsrpFrame): "yes" | "no" | "partial" {
	const value = frame.get("failure-report")?.toLowerCase();
	return value === "no" || value === "partial" ? value : "yes";
}
