import type { MsrpEntry } from "../../model/entry.js";
import { type Position, parseByteRange } from "../../protocols/msrp/byte-range.js";
import { RangeSet } from "../../protocols/msrp/range-set.js";
import { FifoMap } from "../../session/bounded.js";
import { type Blame, type ClauseCheck, type Finding, WAITING } from "./types.js";

interface Asked {
	session: string | undefined;
	/** of the last chunk so far */
	entry: number;
	/** set when the message is complete */
	total: Position | undefined;
	covered: RangeSet;
	reports: number[];
	blame: Blame;
}

/** C19. The report is due when the session goes on without it to its end; a capture that stops says nothing. */
export const C19: ClauseCheck = {
	id: "C19",
	title: "Success-Report: yes is answered by REPORT 000 200 for all octets",
	roles: ["RC"],
	level: "MUST",
	when: "complete message with Success-Report: yes",
	clause: "CR 7.1.3.3, OMA 5.7.5; RFC 4975 §7.1.3",
	evidence: "the REPORTs, or that none came",
	notAtHand: "OMA 5.7.5",
	create(scope) {
		const done = ({ session, entry, reports, blame }: Asked, result: Finding["result"], text: string): void =>
			scope.say({ result, session, entries: [entry, ...reports.slice(0, 8)], text, excerpt: "Success-Report: yes", blame });
		const asked = new FifoMap<string, Asked>(WAITING, (one) => open(one));
		const open = (one: Asked): void => {
			if (one.total !== undefined)
				done(one, "unknown", one.reports.length === 0 ? "no REPORT was seen" : "the REPORTs seen do not cover all octets");
		};
		const settle = (chat: string, one: Asked): void => {
			if (one.total === undefined || one.covered.contiguous < one.total) return;
			asked.delete(chat);
			done(one, "pass", "all octets are reported");
		};
		return {
			frame(entry) {
				const { msrp, links } = entry;
				if (msrp.kind === "response") return refused(entry);
				const { chat } = links;
				if (chat === undefined) return;
				if (msrp.method === "REPORT") {
					const one = asked.get(chat);
					if (one === undefined) return;
					one.reports.push(entry.number);
					const status = /^\s*000\s+(\d{3})/.exec(msrp.get("status") ?? "")?.[1];
					if (status !== "200") {
						asked.delete(chat);
						done(one, "info", `the REPORT says ${status ?? "no status"}`);
						return;
					}
					const range = parseByteRange(msrp.get("byte-range") ?? "");
					const end = range?.end ?? one.total;
					if (range !== null && end !== undefined) one.covered.add(range.start, end);
					settle(chat, one);
				} else if (msrp.method === "SEND" && msrp.bodyOffset >= 0 && msrp.get("success-report")?.trim().toLowerCase() === "yes") {
					let one = asked.get(chat);
					if (one === undefined) {
						one = {
							session: links.session,
							entry: entry.number,
							total: undefined,
							covered: new RangeSet(),
							reports: [],
							blame: receiver(entry),
						};
						asked.set(chat, one);
					}
					if (one.total !== undefined) return;
					one.entry = entry.number;
					if (entry.message?.state === "complete") one.total = entry.message.total ?? entry.message.contiguous;
					settle(chat, one);
				}
			},
			late(entry, { id }) {
				if (id !== "msrp.success-report-missing") return;
				for (const chat of asked.keys()) {
					const one = asked.get(chat)!;
					if (one.entry !== entry || one.total === undefined) continue;
					asked.delete(chat);
					done(one, "violation", "the session ended without the REPORT that was asked for");
					return;
				}
			},
			end() {
				for (const chat of [...asked.keys()]) {
					open(asked.get(chat)!);
					asked.delete(chat);
				}
			},
		};

		/** What was refused is not received: no success to report (RFC 4975 §7.1.3). */
		function refused({ msrp, links }: MsrpEntry): void {
			if (msrp.status < 300 || links.answers === undefined) return;
			for (const chat of asked.keys()) {
				if (asked.get(chat)!.entry !== links.answers) continue;
				asked.delete(chat);
				return;
			}
		}
	},
};

function receiver({ verdict }: MsrpEntry): Blame {
	if (verdict?.knowledge.kind === "one-to-one") return "client";
	return verdict?.toClient === undefined ? "?" : verdict.toClient ? "client" : "switch";
}
